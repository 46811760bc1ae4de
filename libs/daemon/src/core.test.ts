import { describe, expect, test } from '@jest/globals';
import type { Role } from '@tercet/protocol';
import { PARTIES, type Carried, type ThreeCores } from './testing/three-cores.js';
import { expectAllWell, useThreeCores } from './testing/use-three-cores.js';

/** For a machine that does much else at the same time. */
const PATIENCE_MS = 60_000;
const open = useThreeCores();

/** Each party finds its trade by the terms, the maker by its order, in what the journal keeps of it. */
async function expectFound({ daemons, tradeId, order }: ThreeCores): Promise<void> {
  for (const role of PARTIES) {
    const { trades } = daemons[role].core;
    const view = await trades.view(tradeId);
    const hash = view?.state.data.termsHash;
    if (!hash) throw new Error(`the ${role} has no terms`);
    expect(await trades.ofTerms(hash)).toEqual(view);
    expect(await trades.ofTerms('ff'.repeat(32) as typeof hash)).toBeUndefined();
    expect(await trades.idsBeginning(tradeId.slice(0, 8), 2)).toEqual([tradeId]);
    expect((await trades.holderOf(order))?.tradeId).toBe(role === 'maker' ? tradeId : undefined);
  }
}

/** Every second try to commit ends the process before anything is written, so that each step is met once by a death. */
const beforeEveryCommit = (n: number) => (n % 2 === 1 ? 'before' : undefined);
const afterEveryCommit = () => 'after' as const;

describe.each([
  ['sell', 'AGENT_HELD'],
  ['buy', 'AGENT_HELD'],
  ['sell', 'PEER_HELD'],
  ['buy', 'PEER_HELD'],
] as const)('three cores, maker: %s, %s', (side, shape) => {
  test(
    'A4-A11 S10: a whole trade, to the millisatoshi',
    async () => {
      const trade = await open(side, shape);
      await trade.run();
      expectAllWell(trade);
      expect(trade.gained[trade.payee] > 0n && trade.gained[trade.payer] < 0n).toBe(true);
      await expectFound(trade);
    },
    PATIENCE_MS,
  );
});

/** Of both shapes, and of both who can host; every kind takes the same rows of the core. */
describe.each([
  ['sell', 'AGENT_HELD'],
  ['buy', 'PEER_HELD'],
] as const)('three cores and faults, maker: %s, %s', (side, shape) => {
  test.each<[Role, string, typeof beforeEveryCommit | typeof afterEveryCommit]>(
    PARTIES.flatMap((role) => [
      [role, 'right after an effect, before its result is written', beforeEveryCommit] as const,
      [role, 'right after each step is written, before any of its effects', afterEveryCommit] as const,
    ]).map((row) => [...row]),
  )(
    'S1 S8 S23 S26: the %s dies %s',
    async (role, _, dying) => {
      const trade = await open(side, shape);
      trade.daemons[role].dying = dying;
      await trade.run();
      expect(trade.daemons[role].crashes).toBeGreaterThan(5);
      expectAllWell(trade);
    },
    PATIENCE_MS,
  );

  test.each<Carried>(['twice', 'receiptLost', 'lost'])(
    'S21 S26: each message is at first carried: %s',
    async (how) => {
      const trade = await open(side, shape);
      let turn = 0;
      trade.carry = () => (how === 'twice' || (turn += 1) % 2 === 1 ? how : 'once');
      await trade.run();
      expectAllWell(trade);
    },
    PATIENCE_MS,
  );

  test(
    'S1 S3 S8: the first answer of every call that moves sats is lost',
    async () => {
      const trade = await open(side, shape);
      for (const role of PARTIES) {
        for (const call of [
          'pay',
          'createHold',
          'createInvoice',
          'settleHold',
          'cancelHold',
          'lookUpPayment',
        ])
          trade.daemons[role].node.faults.loseAnswers(call);
      }
      await trade.run();
      expectAllWell(trade);
    },
    PATIENCE_MS,
  );

  test(
    'S23 S50: every node is down when the payer releases, and comes back',
    async () => {
      const trade = await open(side, shape);
      trade.pressing = false;
      trade.take();
      trade.pressing = true;
      trade.take();
      const nodes = PARTIES.map((role) => trade.daemons[role].node);
      await trade.until('the answer', () => trade.state(trade.payer) === 'answering');
      for (const node of nodes) node.goDown();
      await trade.until('the release', () => trade.state(trade.payer) === 'releasing');
      await trade.until('the agent', () => trade.state('agent') === 'releasing');
      for (const node of nodes) node.comeUp();
      await trade.until('the end', () => trade.isOver);
      expectAllWell(trade);
    },
    PATIENCE_MS,
  );
});

describe('S56: the payee is away from the release until the hold is over', () => {
  test(
    'its daemon is back in an ended trade, which a debt opens again: it is paid on a fresh invoice',
    async () => {
      const trade = await open('sell', 'PEER_HELD');
      trade.take();
      await trade.until('the answer', () => trade.state(trade.payer) === 'answering');
      await trade.daemons[trade.payee].crash();
      await trade.until('the preimage', () => trade.state('agent', 'escrow') === 'disclosed');
      const { locked } = trade.view('agent')?.state.data ?? {};
      trade.lightning.mine((locked?.E ?? 0) - trade.lightning.tip.height + 1);
      await trade.until('the debt', () => trade.state(trade.payer, 'debt') === 'owed');
      await trade.daemons[trade.payee].start();
      await trade.until('the payment', () => trade.state(trade.payee, 'claim') === 'paid');
      // The agent's invoice for its success fee, which nobody owes now, runs out.
      trade.lightning.passTime(25 * 60 * 60 * 1000);
      await trade.until('the end', () => trade.isOver);
      const { priceMsat = 0n, retainFeeMsat = 0n } = trade.terms ?? {};
      expect(trade.gained).toEqual({
        maker: 0n - priceMsat,
        taker: priceMsat - retainFeeMsat,
        agent: retainFeeMsat,
      });
    },
    PATIENCE_MS,
  );
});
