/** The gate in whole daemons: the real cores over an in-memory Lightning. */
import { describe, expect, test } from '@jest/globals';
import { sha256Hex } from '@tercet/protocol';
import type { PARTIES, ThreeCores } from '../testing/three-cores.js';
import { expectAllWell, useThreeCores } from '../testing/use-three-cores.js';

const PATIENCE_MS = 60_000;
const open = useThreeCores();
const payments = (trade: ThreeCores, role: (typeof PARTIES)[number]) => trade.daemons[role].core.payments;
const A = (trade: ThreeCores): number => trade.view('agent')?.state.data.locked?.A ?? 0;
const mineTo = (trade: ThreeCores, height: number) => {
  trade.lightning.mine(height - trade.lightning.tip.height);
};
const lines = (trade: ThreeCores, role: (typeof PARTIES)[number], purpose: string) =>
  trade.view(role)?.state.data.ledger.filter((entry) => entry.purpose === purpose) ?? [];

describe('S1 S45 a payout that fails', () => {
  test.each([
    ['AGENT_HELD', 'agent', 'payout'],
    ['PEER_HELD', 'taker', 'successFee'],
  ] as const)(
    '%s: the %s asks for a fresh invoice, pays exactly once, and its record names what was really paid',
    async (shape, debtor, purpose) => {
      const trade = await open('sell', shape);
      const [from, to] = [
        trade.daemons[debtor].node,
        trade.daemons[shape === 'AGENT_HELD' ? 'taker' : 'agent'].node,
      ];
      trade.take();
      await trade.until('the answer', () => trade.state(trade.payer) === 'answering');
      trade.lightning.cut(from, to);
      await trade.until('two tries', () => lines(trade, debtor, purpose).length >= 2);
      trade.lightning.restore(from, to);
      await trade.until('the end', () => trade.isOver);
      expectAllWell(trade);
      const paid = lines(trade, debtor, purpose);
      expect(paid.slice(0, -1).every(({ status }) => status === 'failed')).toBe(true);
      const last = paid.at(-1);
      expect(last).toMatchObject({ status: 'paid' });
      expect(sha256Hex(last?.preimage ?? '')).toBe(last?.hash);
      // Of all invoices that were drawn for it one was paid.
      const received = lines(trade, shape === 'AGENT_HELD' ? 'taker' : 'agent', purpose);
      expect(received.filter(({ status }) => status === 'settled')).toMatchObject([{ hash: last?.hash }]);
      expect((await payments(trade, debtor).spending()).sentMsat).toBe(
        trade
          .view(debtor)
          ?.state.data.ledger.reduce(
            (sum, { kind, status, amountMsat }) =>
              kind === 'payment' && status === 'paid' ? sum + amountMsat : sum,
            0n,
          ),
      );
    },
    PATIENCE_MS,
  );
});

describe('S35 the kill switch', () => {
  test(
    'S45: the payout waits, through a death too; the hold is settled in time all the same, and "resume" pays',
    async () => {
      const trade = await open('sell', 'AGENT_HELD');
      trade.take();
      await trade.until('the answer', () => trade.state(trade.payer) === 'answering');
      await payments(trade, 'agent').stop('a test', 'admin');
      await trade.until('the wait', () => payments(trade, 'agent').gate.waiting('TRADING_STOPPED') === 1);
      expect(trade.state('agent', 'escrow')).toBe('payingFirst');
      expect(trade.daemons.agent.core.ready()).toBe(false);
      expect(trade.daemons.agent.core.warnings().join()).toContain('Trading is stopped: a test');

      await trade.daemons.agent.crash();
      await trade.daemons.agent.start();
      expect(await payments(trade, 'agent').stopped()).toMatchObject({ reason: 'a test', by: 'admin' });
      mineTo(trade, A(trade) - 24);
      await trade.until('the settle', () => trade.state('agent', 'escrow') === 'owing');
      expect(lines(trade, 'agent', 'escrow')).toMatchObject([{ status: 'settled' }]);
      expect(trade.daemons.agent.node.balanceMsat).toBeGreaterThan(1_000_000_000_000n);
      const waiting = await payments(trade, 'agent').list();
      expect(waiting).toMatchObject([{ purpose: 'payout', status: 'waiting', to: 'taker' }]);
      expect(lines(trade, 'agent', 'payout').some(({ status }) => status === 'paid')).toBe(false);

      await payments(trade, 'agent').resume('done', 'admin');
      await trade.until('the end', () => trade.isOver);
      expectAllWell(trade);
    },
    PATIENCE_MS,
  );

  test(
    'S45: an unanswered hold goes into custody at A - 24, and a refund from custody goes out',
    async () => {
      const trade = await open('sell', 'AGENT_HELD');
      trade.take();
      await trade.until('the agent knows', () => trade.state('agent') === 'performed');
      trade.pressing = false;
      await payments(trade, 'agent').stop('a test', 'admin');
      mineTo(trade, A(trade) - 24);
      await trade.until('custody', () => trade.state('agent', 'escrow') === 'custody');
      await trade.daemons[trade.payee].press(({ trades }) =>
        trades.submit(trade.tradeId, { kind: 'cmdCancel', confirmed: true }),
      );
      await trade.until('the refund', () => trade.state('agent', 'escrow') === 'refunded');
      const { retainFeeMsat = 0n } = trade.terms ?? {};
      expect(trade.gained).toEqual({ maker: 0n, taker: 0n - retainFeeMsat, agent: retainFeeMsat });
    },
    PATIENCE_MS,
  );

  test(
    'S9: a cancel gives the hold back',
    async () => {
      const trade = await open('sell', 'AGENT_HELD');
      trade.pressing = false;
      trade.take();
      trade.pressing = true;
      trade.take();
      await trade.until('the hold', () => trade.state('agent', 'escrow') === 'held');
      trade.pressing = false;
      await payments(trade, 'agent').stop('a test', 'admin');
      await trade.until('the payee', () => trade.state(trade.payee) !== 'idle');
      await trade.daemons[trade.payee].press(({ trades }) =>
        trades.submit(trade.tradeId, { kind: 'cmdCancel', confirmed: true }),
      );
      await trade.until('the end', () => trade.isOver);
      const { retainFeeMsat = 0n } = trade.terms ?? {};
      expect(trade.gained).toEqual({ maker: 0n, taker: 0n - retainFeeMsat, agent: retainFeeMsat });
    },
    PATIENCE_MS,
  );

  test.each(['agent', 'maker'] as const)(
    'a stopped %s begins no trade, and the taker is told',
    async (role) => {
      const trade = await open('sell', 'PEER_HELD');
      await payments(trade, role).stop('a test', 'admin');
      trade.take();
      await trade.until('the end', () => trade.view('taker')?.terminal === true);
      expect(trade.view('taker')?.state.data.why).toContain('takes no new trades');
      expect(trade.view(role)).toBeUndefined();
    },
    PATIENCE_MS,
  );
});

describe('S37 the spend cap', () => {
  const MINUTE_MS = 60_000;

  /** A taker whose hour is used up by its retain fee, the smallest payment there is; its escrow comes later in the hour. */
  const capped = async (minutesLater: number): Promise<ThreeCores> => {
    const trade = await open('buy', 'AGENT_HELD');
    const { taker } = trade.daemons;
    await taker.stop();
    taker.satsPerHour = 100_000;
    await taker.start();
    trade.carry = (from) => (from === 'maker' ? 'lost' : 'once');
    trade.take();
    await trade.until('the retain fee', () => trade.state('taker', 'deal') === 'offered');
    trade.clock.skip(minutesLater * MINUTE_MS);
    trade.carry = () => 'once';
    await waits(trade);
    return trade;
  };
  const waits = (trade: ThreeCores) =>
    trade.until('the wait', () => payments(trade, 'taker').gate.waiting('SPEND_CAP_REACHED') === 1);

  test(
    'S35: the escrow waits for the hour, through a death, and then goes out; nothing is lost',
    async () => {
      const trade = await capped(40);
      const { taker } = trade.daemons;
      expect(taker.core.warnings().join()).toContain('spend cap');
      await taker.crash();
      await taker.start();
      await waits(trade);
      const [waiting] = await payments(trade, 'taker').list();
      expect(waiting).toMatchObject({
        purpose: 'escrow',
        status: 'waiting',
        lastError: 'SPEND_CAP_REACHED',
        sent: { node: { state: 'absent' }, taken: false },
      });
      trade.clock.skip(20 * MINUTE_MS);
      await trade.until('the end', () => trade.isOver);
      expectAllWell(trade);
    },
    PATIENCE_MS,
  );

  test(
    'S5: an escrow that waited for longer than its invoice is refused, and nothing but the retain fee is gone',
    async () => {
      const trade = await capped(0);
      trade.clock.skip(61 * MINUTE_MS);
      await trade.until('the end', () => trade.isOver);
      const { retainFeeMsat = 0n } = trade.terms ?? {};
      expect(trade.gained).toEqual({ maker: 0n, taker: 0n - retainFeeMsat, agent: retainFeeMsat });
    },
    PATIENCE_MS,
  );
});
