/**
 * Each daemon in turn is stopped and replaced by the next image under ten live trades of both shapes, in different states.
 * What people say meanwhile is taken by the daemons that are up, all ten complete, and every millisatoshi is where the
 * terms say. The images keep what is promised of them.
 */
import { jest } from '@jest/globals';
import { rpc } from '@tercet/protocol';
import { IMAGES } from '@tercet/regtest';
import { differences, expectedAfter, readBalances } from '../demo/accounts.js';
import { daemonContainer } from '../stage/containers.js';
import { PARTIES, type PartyName } from '../stage/layout.js';
import { ended, startTrade, type StagedTrade, type TradeSpec } from '../stage/trade.js';
import { give, useContainers, viewsOf } from './support/containers.js';
import { nextImage } from './support/docker.js';
import { imagesKeepTheirPromises } from './support/image-promises.js';

jest.setTimeout(240_000);
const open = useContainers();

const specs: TradeSpec[] = (['AGENT_HELD', 'PEER_HELD'] as const).flatMap((shape) =>
  (['maker-sells', 'maker-buys'] as const).map((direction) => ({ shape, direction })),
);

/** A word that somebody has left to say in a trade. */
interface Word {
  by: 'maker' | 'taker';
  /** Waits until it may be said. */
  isDue: () => Promise<unknown>;
  say: () => Promise<void>;
}
interface Live {
  trade: StagedTrade;
  /** What is said while a daemon is being replaced: by its place in the order of replacements. */
  at: Map<number, Word>;
}

const sent = (trade: StagedTrade): Word => ({
  by: trade.payee,
  isDue: () => trade.reaches(trade.payee, 'engine', 'performing'),
  say: () => trade.sent(),
});
const release = (trade: StagedTrade): Word => ({
  by: trade.payer,
  isDue: () => trade.reaches(trade.payer, 'engine', 'answering'),
  say: () => trade.release(),
});

const TRADES = 10;
const LAST = PARTIES.length - 1;

/** Trade `index` begins the upgrade in one of four states: just taken, locked, fiat sent, or about to be paid out. */
async function begin(index: number): Promise<Live> {
  const spec = specs[index % specs.length];
  if (!spec) throw new Error('no such trade');
  const trade = await startTrade(open().stage, spec);
  const state = Math.floor((index * 4) / TRADES);
  for (const word of [sent(trade), release(trade)].slice(0, Math.max(0, state - 1))) {
    await word.isDue();
    await word.say();
  }
  if (state === 1) await sent(trade).isDue();
  if (state === 2) await release(trade).isDue();
  const at = new Map<number, Word>();
  if (state < 2) at.set(state === 0 ? 1 : index % LAST, sent(trade)).set(LAST, release(trade));
  if (state === 2) at.set(index % PARTIES.length, release(trade));
  return { trade, at };
}

test('ten live trades, each daemon replaced in turn', async () => {
  const { network } = open();
  const before = await readBalances(network);
  const live: Live[] = [];
  for (let index = 0; index < TRADES; index += 1) live.push(await begin(index));
  for (const [place, party] of PARTIES.entries()) {
    const words = live.flatMap(({ at }) => at.get(place) ?? []);
    await replace(party, words);
  }

  const all = await Promise.all(
    live.map(async ({ trade }) => {
      await ended(trade);
      return { trade, views: await viewsOf(trade) };
    }),
  );
  const expected = all.reduce(
    (balances, { trade, views }) => expectedAfter(balances, views, trade.payer).balances,
    before,
  );
  expect(all.map(({ views }) => views.agent.states['engine'])).toEqual(all.map(() => 'released'));
  expect(differences(expected, await readBalances(network))).toEqual([]);
});

/** Whose daemon is being replaced says it again until the new one takes it; the others are heard at once. */
async function replace(party: PartyName, words: Word[]): Promise<void> {
  const { dock, network, stage } = open();
  const daemon = stage.daemons[party];
  const running = async () => (await dock.container(daemonContainer(party)).inspect()).Image;
  const [old, next] = [await running(), await nextImage(IMAGES[party])];
  await Promise.all(words.map(({ isDue }) => isDue()));
  expect(await daemon.stop()).toBe(0);
  const said = words.map(({ by, say }) => ({ by, done: give(say) }));
  for (const { by, done } of said) if (by !== party) await done;
  await network.mine(1);
  daemon.spec.image = next;
  await daemon.start();
  expect(await running()).not.toBe(old);
  const { openTrades } = await (await daemon.client(rpc.DaemonServiceDefinition)).getStatus({});
  expect(openTrades).toBeGreaterThan(0);
  await Promise.all(said.map(({ done }) => done));
}

imagesKeepTheirPromises(open);
