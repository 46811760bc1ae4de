/** Whole daemons whose queue is gone, whose clock jumps, and whose blocks come all at once: heights and the journal carry them. */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { Role } from '@tercet/protocol';
import { PARTIES, type ThreeCores } from './testing/three-cores.js';
import { expectAllWell, useThreeCores } from './testing/use-three-cores.js';

/** For a machine that does much else at the same time. */
const PATIENCE_MS = 60_000;
const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const KINDS = [
  ['sell', 'AGENT_HELD'],
  ['buy', 'PEER_HELD'],
] as const;

const open = useThreeCores();

/** Everything is back but the retain fee. */
const expectBack = (trade: ThreeCores) => {
  const { retainFeeMsat = 0n } = trade.terms ?? {};
  expect(trade.gained).toEqual({ maker: 0n, taker: 0n - retainFeeMsat, agent: retainFeeMsat });
};
const locked = (trade: ThreeCores) => {
  const { locked: heights } = trade.view('agent')?.state.data ?? {};
  if (!heights) throw new Error('not locked');
  return heights;
};
const mineTo = (trade: ThreeCores, height: number) =>
  trade.lightning.mine(Math.max(0, height - trade.lightning.tip.height));
/** Mined, and taken in by all. */
const blocks = async (trade: ThreeCores, height: number, by: readonly Role[] = PARTIES) => {
  mineTo(trade, height);
  while (by.some((role) => trade.daemons[role].core.tip().height < height)) await setTimeout(5);
  await setTimeout(20);
};
const eachDaemon = (trade: ThreeCores, work: (daemon: ThreeCores['daemons'][Role]) => unknown) =>
  Promise.all(PARTIES.map((role) => work(trade.daemons[role])));
/** Until that holds, with a reconcile again and again, as the queues bring it once a minute. */
async function reconciling(trade: ThreeCores, holds: () => boolean): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS / 2; !holds();) {
    if (Date.now() > end) throw new Error(`it doesn't come: ${trade.describe()}`);
    await eachDaemon(trade, (daemon) => daemon.reconcile());
    await setTimeout(20);
  }
}
/** Deadlines that a party took, in their order. */
const dueAt = (trade: ThreeCores, role: Role): string[] => {
  const names: string[] = [];
  trade.daemons[role].core.trades.onChange(({ fact }) => {
    if (fact.kind === 'due') names.push(fact.name);
  });
  return names;
};
const until = (trade: ThreeCores, role: Role, machine: 'engine' | 'escrow', state: string) =>
  trade.until(`${role} ${machine} ${state}`, () => trade.state(role, machine) === state);

describe.each(KINDS)('S23 no queue for an hour, maker: %s, %s', (side, shape) => {
  test(
    'a message that was lost waits for it, is rebuilt from the journal, and the trade is paid',
    async () => {
      const trade = await open(side, shape);
      trade.take();
      await until(trade, trade.payer, 'engine', 'answering');
      await eachDaemon(trade, (daemon) => daemon.queueGoes());
      expect(trade.daemons.agent.core.warnings()).toEqual([expect.stringMatching(/Redis does not answer/)]);
      let lost = 0;
      trade.carry = (from) => (from === trade.payer && lost++ < 4 ? 'lost' : 'once');
      await until(trade, trade.payer, 'engine', 'releasing');
      trade.clock.skip(HOUR_MS);
      expect(trade.state('agent')).toBe('performed');
      await eachDaemon(trade, (daemon) => daemon.queueComesBack());
      await trade.until('the end', () => trade.isOver);
      expectAllWell(trade);
      expect(trade.daemons.agent.core.warnings()).toEqual([]);
    },
    PATIENCE_MS,
  );

  test(
    'S59 heights go on by the blocks alone: a silent payee is a refund at performing-until + 36, not before',
    async () => {
      const trade = await open(side, shape);
      trade.pressing = true;
      trade.take();
      trade.pressing = false;
      await trade.until('the fee', () => trade.view('taker') !== undefined);
      await until(trade, trade.payee, 'engine', 'performing');
      await until(trade, 'agent', 'engine', 'performing');
      await eachDaemon(trade, (daemon) => daemon.queueGoes());
      trade.clock.skip(HOUR_MS);
      const { performBy } = locked(trade);
      // Blocks that come faster than it looks are as an outage to an agent: so it sees a few one by one before.
      for (let left = 5; left > 0; left -= 1) await blocks(trade, performBy - left);
      await blocks(trade, performBy + 35);
      expect(trade.state('agent')).toBe('performing');
      mineTo(trade, performBy + 36);
      await until(trade, 'agent', 'engine', 'refunding');
      expect(trade.daemons.agent.core.tip().height).toBe(performBy + 36);
      await eachDaemon(trade, (daemon) => daemon.queueComesBack());
      mineTo(trade, locked(trade).E + 1);
      await trade.until('the end', () => trade.isOver);
      expectBack(trade);
    },
    PATIENCE_MS,
  );
});

describe('S14 S45 a burst of blocks', () => {
  const silent = async (side: 'sell' | 'buy', shape: 'AGENT_HELD' | 'PEER_HELD') => {
    const trade = await open(side, shape);
    trade.take();
    await until(trade, trade.payee, 'engine', 'sent');
    trade.pressing = false;
    await until(trade, 'agent', 'engine', 'performed');
    return trade;
  };
  /** One after the other; as one, as after a stream that broke; and over a node that was down. */
  const BURSTS: [string, (trade: ThreeCores, height: number) => void][] = [
    ['block by block', mineTo],
    ['as one', (trade, height) => trade.lightning.skip(height - trade.lightning.tip.height)],
  ];

  test.each(BURSTS)(
    'AGENT_HELD, %s, over answer-by, A - 24 and the end of custody: each deadline once and in its order',
    async (_, mine) => {
      const trade = await silent('sell', 'AGENT_HELD');
      const agent = dueAt(trade, 'agent');
      const payer = dueAt(trade, trade.payer);
      const { A, decideBy } = locked(trade);
      mine(trade, A - 20);
      await until(trade, 'agent', 'escrow', 'custody');
      mine(trade, decideBy + 1008);
      await trade.until('the end', () => trade.isOver);
      expect(agent).toEqual(['escrow.forcedSettle', 'engine.decideBy', 'escrow.custodyEnd']);
      expect(payer).toEqual(['engine.answerBy']);
      expectAllWell(trade);
    },
    PATIENCE_MS,
  );

  test(
    'PEER_HELD, as one, over answer-by, decide-by and A: the default first, and the price is owed and paid',
    async () => {
      const trade = await silent('buy', 'PEER_HELD');
      const agent = dueAt(trade, 'agent');
      const { E } = locked(trade);
      trade.lightning.skip(E + 1 - trade.lightning.tip.height);
      await trade.until('the default', () => agent.length > 0);
      expect(agent[0]).toBe('engine.decideBy');
      await trade.until('the price', () => trade.state(trade.payee, 'claim') === 'paid');
      // The agent's invoice for its fee, which nobody owes now, runs out.
      trade.lightning.passTime(25 * HOUR_MS);
      await trade.until('the end', () => trade.isOver);
      const { priceMsat = 0n, retainFeeMsat = 0n } = trade.terms ?? {};
      expect(trade.gained).toEqual({
        maker: priceMsat,
        taker: 0n - priceMsat - retainFeeMsat,
        agent: retainFeeMsat,
      });
    },
    PATIENCE_MS,
  );

  test(
    'S14 PEER_HELD, over A while the agent is gone: at A - 12 both traders have an alarm, once, and at A the hold goes back',
    async () => {
      const trade = await silent('buy', 'PEER_HELD');
      const { A } = locked(trade);
      const told = () => [trade.payer, trade.payee].map((role) => trade.view(role)?.state.data.told ?? []);
      await trade.daemons.agent.crash();
      await blocks(trade, A - 13, ['maker', 'taker']);
      expect(told()).toEqual([[], []]);
      await blocks(trade, A - 2, ['maker', 'taker']);
      const alarm = [{ alarm: 'nearEnd', height: A - 12 }];
      expect(told()).toEqual([alarm, alarm]);
      mineTo(trade, A);
      await until(trade, trade.payee, 'escrow', 'refunded');
    },
    PATIENCE_MS,
  );

  test(
    'PEER_HELD, block by block over decide-by: the payee has the preimage in time',
    async () => {
      const trade = await silent('buy', 'PEER_HELD');
      mineTo(trade, locked(trade).decideBy);
      await trade.until('the end', () => trade.isOver);
      // By default the whole price: nobody asked for a success fee.
      const { priceMsat = 0n, retainFeeMsat = 0n } = trade.terms ?? {};
      expect(trade.gained).toEqual({
        maker: priceMsat,
        taker: 0n - priceMsat - retainFeeMsat,
        agent: retainFeeMsat,
      });
    },
    PATIENCE_MS,
  );
});

describe.each(KINDS)('the clock jumps by a day, maker: %s, %s', (side, shape) => {
  test.each([
    ['forward', DAY_MS],
    ['back', -DAY_MS],
  ])(
    'S14 %s while sats are locked: heights decide, and the trade is paid',
    async (_, jumpMs) => {
      const trade = await open(side, shape);
      trade.take();
      await until(trade, trade.payee, 'engine', 'performing');
      let lost = 0;
      trade.carry = () => (lost++ < 2 ? 'lost' : 'once');
      await trade.until('a message is put off', () => lost > 0);
      trade.clock.skip(jumpMs);
      await reconciling(trade, () => trade.isOver);
      expectAllWell(trade);
    },
    PATIENCE_MS,
  );

  test.each([
    ['forward', DAY_MS],
    ['back', -DAY_MS],
  ])(
    'A7 %s while nothing is locked: the negotiation ends early, and nobody has lost more than the retain fee',
    async (_, jumpMs) => {
      const trade = await open(side, shape);
      trade.carry = (from, to) => (from === 'taker' && to === 'maker' ? 'lost' : 'once');
      trade.take();
      await trade.until('the terms are signed', () => trade.state('taker', 'deal') === 'offered');
      trade.clock.skip(jumpMs);
      const deal = (role: Role) => trade.state(role, 'deal');
      await reconciling(trade, () => deal('taker') === 'abandoned' && deal('agent') === 'lapsed');
      expectBack(trade);
    },
    PATIENCE_MS,
  );
});
