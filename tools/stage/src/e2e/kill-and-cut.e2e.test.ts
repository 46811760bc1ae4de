/**
 * Each container stopped, killed and cut off in the middle of a trade: while fiat is on its way, while the payer has the
 * word, and while the sats are on theirs. What the others are told meanwhile they take, blocks go on, the trade completes,
 * and every millisatoshi is where the terms say. Only containers can be cut off.
 */
import { jest } from '@jest/globals';
import { lndContainer, until } from '@tercet/regtest';
import { getHeight } from 'lightning';
import { differences, expectedAfter, readBalances } from '../demo/accounts.js';
import { daemonContainer } from '../stage/containers.js';
import { PARTIES, type PartyName } from '../stage/layout.js';
import { IN_POSTGRES } from '../stage/theatre.js';
import { ended, startTrade, type TradeSpec } from '../stage/trade.js';
import { giveBack, rememberBlocks } from './support/chain-memory.js';
import { everybodyIsBack, give, useContainers, viewsOf } from './support/containers.js';

jest.setTimeout(180_000);
const open = useContainers();

/** Something that can be down, and comes back. */
interface Victim {
  name: string;
  stop: () => Promise<unknown>;
  kill: () => Promise<unknown>;
  start: () => Promise<unknown>;
}

const daemon = (party: PartyName): Victim => ({
  name: daemonContainer(party),
  stop: async () => {
    expect(await open().stage.daemons[party].stop()).toBe(0);
  },
  kill: () => open().stage.daemons[party].kill(),
  start: () => open().stage.daemons[party].start(),
});
const node = (name: string): Victim => ({
  name: lndContainer(name),
  stop: () => open().network.node(name).stop(),
  kill: () => open().network.node(name).kill(),
  start: () => open().network.node(name).start(),
});
const service = (name: string): Victim => ({
  name,
  stop: () => open().dock.container(name).stop(),
  kill: () => open().dock.container(name).kill(),
  start: () => open().dock.container(name).start(),
});

const CHAIN = 'btcd';

/** It begins regtest anew at each start, and gets its blocks back as from the rest of the network. */
function chainNode(): Victim {
  const btcd = service(CHAIN);
  let blocks: string[] = [];
  const remembering = (end: () => Promise<unknown>) => async () => {
    blocks = await rememberBlocks(open().network.chain);
    await end();
  };
  return {
    name: btcd.name,
    stop: remembering(btcd.stop),
    kill: remembering(btcd.kill),
    start: async () => {
      await btcd.start();
      await giveBack(open().network.chain, blocks);
    },
  };
}

interface Fault {
  begin(victim: Victim): Promise<unknown>;
  end(victim: Victim): Promise<unknown>;
}
const faults: Fault[] = [
  { begin: (victim) => victim.stop(), end: (victim) => victim.start() },
  { begin: (victim) => victim.kill(), end: (victim) => victim.start() },
  {
    begin: ({ name }) => open().dock.container(name).disconnect(),
    end: ({ name }) => open().dock.container(name).reconnect(),
  },
];

/** Both shapes and directions take their turns, and so do the faults at each moment. */
const specs: TradeSpec[] = [
  { shape: 'AGENT_HELD', direction: 'maker-sells' },
  { shape: 'PEER_HELD', direction: 'maker-buys' },
  { shape: 'AGENT_HELD', direction: 'maker-buys' },
  { shape: 'PEER_HELD', direction: 'maker-sells' },
];
const victims = [
  ...PARTIES.map(daemon),
  ...[...PARTIES, 'router'].map(node),
  ...['redis', 'postgres'].map(service),
  // The last: what an lnd makes of a chain that began anew is no matter of ours.
  chainNode(),
];
const turn = <T>(all: readonly T[], at: number): T => {
  const one = all[at % all.length];
  if (one === undefined) throw new Error('nothing to take turns with');
  return one;
};
const cases = victims.map((victim, row) => ({
  victim,
  name: victim.name,
  spec: turn(specs, row),
  at: (moment: number) => turn(faults, row + moment),
}));

test.each(cases)('$name: stopped, killed and cut off', async ({ victim, spec, at }) => {
  await everybodyIsBack(open());
  const before = await readBalances(open().network);
  const trade = await startTrade(open().stage, spec);
  await trade.reaches(trade.payee, 'engine', 'performing');
  await during(victim, at(0), { by: trade.payee, command: () => trade.sent() });
  await trade.reaches(trade.payer, 'engine', 'answering');
  await during(victim, at(1));
  await during(victim, at(2), { by: trade.payer, command: () => trade.release() });
  await ended(trade);
  const { balances } = expectedAfter(before, await viewsOf(trade), trade.payer);
  expect(differences(balances, await readBalances(open().network))).toEqual([]);
});

interface Order {
  by: PartyName;
  command: () => Promise<void>;
}

/** While it is down a command is given, or right after where it is what has to take it, and a block is mined. */
async function during(victim: Victim, fault: Fault, order?: Order): Promise<void> {
  const chainIsDown = victim.name === CHAIN;
  const isHeard = order !== undefined && !needs(order.by).includes(victim.name);
  await fault.begin(victim);
  if (isHeard) await give(order.command);
  if (!chainIsDown) await mineFor(victim);
  await fault.end(victim);
  if (chainIsDown) await blocksGoOn();
  if (order && !isHeard) await give(order.command);
}

/** What a daemon can't take a command without. */
const needs = (party: PartyName): string[] => [
  daemonContainer(party),
  ...(IN_POSTGRES.some((one) => one === party) ? ['postgres'] : []),
];

/** A block, seen by every node that isn't the one that is down. */
async function mineFor({ name: down }: Victim): Promise<void> {
  const { network } = open();
  await network.chain.call('generate', [1]);
  const height = await network.height();
  for (const each of Object.values(network.nodes)) {
    if (lndContainer(each.name) !== down) await sees(each.name, height);
  }
}

/** An lnd whose chain node was away believes itself at the tip until it hears of a block: the chain does go on. */
async function blocksGoOn(): Promise<void> {
  await until(
    'every lnd follows the chain again',
    async () => {
      await open().network.chain.call('generate', [1]);
      const height = await open().network.height();
      const nodes = Object.values(open().network.nodes);
      await Promise.all(nodes.map(({ name }) => sees(name, height, CATCH_UP_MS)));
      return true;
    },
    { deadlineMs: 60_000 },
  );
}
const CATCH_UP_MS = 2_000;

async function sees(name: string, height: number, deadlineMs = 60_000): Promise<void> {
  await until(
    `${name} sees block ${String(height)}`,
    async () => {
      const { current_block_height: seen } = await getHeight({ lnd: open().network.node(name).lnd });
      return seen >= height ? true : undefined;
    },
    { deadlineMs },
  );
}
