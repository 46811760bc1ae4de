import { describe, expect, test } from '@jest/globals';
import { feeLimitMsat, SUCCESS_FEE_TRIES } from '../deal/limits.js';
import { fiatSent } from '../testing/steps.js';
import type { ThreeParties } from '../testing/three-parties.js';
import type { Purpose } from '../machine/state.js';

const HOUR_MS = 3_600_000;
const triesOf = (trade: ThreeParties, purpose: Purpose) =>
  trade.done.flatMap(({ effect }) => (effect.kind === 'pay' && effect.purpose === purpose ? [effect] : []));
const amounts = (trade: ThreeParties, purpose: Purpose) =>
  triesOf(trade, purpose).map(({ expect: wanted }) => wanted.amountMsat);

/** Released, while the network fails the first so many payments of a purpose. */
function released(
  shape: 'AGENT_HELD' | 'PEER_HELD',
  purpose: Purpose,
  fails: (nth: number) => { failed?: string; refused?: string },
): ThreeParties {
  const trade = fiatSent('sell', shape);
  let nth = 0;
  trade.lightning.verdict = (_, effect) => (effect.purpose === purpose ? fails((nth += 1)) : {});
  trade.command('maker', 'cmdRelease');
  trade.settle();
  return trade;
}

const NO_ROUTE = { failed: 'NO_ROUTE' };
const always = () => NO_ROUTE;
const first =
  (times: number, verdict: { failed?: string; refused?: string } = NO_ROUTE) =>
  (nth: number) =>
    nth <= times ? verdict : {};

describe("whose cost a try is (protocol.md AGENT_HELD: three at the debtor's)", () => {
  const owed = (trade: ThreeParties) => trade.data('agent').terms?.payoutMsat ?? 0n;
  const lessFees = (trade: ThreeParties) => owed(trade) - feeLimitMsat(owed(trade));

  test('S45: a passing NO_ROUTE within one block counts once, however often it is tried', () => {
    const trade = released('AGENT_HELD', 'payout', always);
    for (let pause = 1000; amounts(trade, 'payout').length < 8; pause *= 2)
      trade.wait(Math.min(pause, 60_000));
    expect(new Set(amounts(trade, 'payout'))).toEqual(new Set([owed(trade)]));
    expect(trade.data('agent').obligation).toMatchObject({ tries: { count: 1 }, attempt: 9 });
  });

  test.each<[string, (trade: ThreeParties) => void]>([
    ['a block lies between them', (trade) => trade.mineTo(trade.tip + 1)],
    ['ten minutes lie between them', (trade) => trade.wait(600_000)],
  ])("the fourth on is at the payee's cost where %s", (_, apart) => {
    const trade = released('AGENT_HELD', 'payout', first(3));
    for (let tries = 1; tries < 4; tries += 1) apart(trade);
    expect(amounts(trade, 'payout')).toEqual([owed(trade), owed(trade), owed(trade), lessFees(trade)]);
    expect(trade.engines).toEqual(['done', 'done', 'released']);
  });

  test("S5: no route ends before the hold: settled first, and what that made fail was at nobody's cost", () => {
    const trade = fiatSent('sell', 'AGENT_HELD');
    trade.lightning.verdict = (_, effect) =>
      effect.purpose === 'payout' && effect.cltvLimit < 288 ? NO_ROUTE : {};
    trade.mineTo(trade.A - 24 - 106);
    trade.command('maker', 'cmdRelease');
    trade.settle();
    expect(triesOf(trade, 'payout').map(({ cltvLimit }) => cltvLimit)).toEqual([106, 288]);
    expect(amounts(trade, 'payout')).toEqual([owed(trade), owed(trade)]);
    expect(trade.data('agent').obligation?.tries).toBeUndefined();
    expect(trade.engines).toEqual(['done', 'done', 'released']);
    expect(trade.allTerminal).toBe(true);
  });

  test('one millisecond less than ten minutes does not count', () => {
    const trade = released('AGENT_HELD', 'payout', first(3));
    for (let tries = 1; tries < 4; tries += 1) trade.wait(599_999 / 3);
    expect(amounts(trade, 'payout')).toEqual([owed(trade), owed(trade), owed(trade), owed(trade)]);
  });

  test('what our own node refused was no try of the network', () => {
    const trade = released('AGENT_HELD', 'payout', first(4, { refused: 'EXPIRED' }));
    for (let tries = 1; tries < 5; tries += 1) trade.mineTo(trade.tip + 1);
    expect(new Set(amounts(trade, 'payout'))).toEqual(new Set([owed(trade)]));
    expect(trade.engines).toEqual(['done', 'done', 'released']);
  });
});

describe("PEER_HELD, the agent's success fee is a debt of the payee", () => {
  const fee = (trade: ThreeParties) => trade.data('agent').terms?.successFeeMsat ?? 0n;
  const agentHas = (trade: ThreeParties) =>
    trade.lightning.balance.agent - (trade.data('agent').terms?.retainFeeMsat ?? 0n);

  test('A9 S1: paid on the invoice that came with the preimage', () => {
    const trade = released('PEER_HELD', 'successFee', first(0));
    expect(amounts(trade, 'successFee')).toEqual([fee(trade)]);
    expect(agentHas(trade)).toBe(fee(trade));
    expect([trade.state('taker', 'debt'), trade.state('agent', 'claim')]).toEqual(['paid', 'paid']);
    expect(trade.allTerminal).toBe(true);
  });

  test.each([
    ['failed', NO_ROUTE],
    ['was refused', { refused: 'EXPIRED' }],
  ])('S1 S3: a payment that %s is tried again on a fresh invoice, and paid once', (_, verdict) => {
    const trade = released('PEER_HELD', 'successFee', first(2, verdict));
    expect(trade.state('taker', 'debt')).toBe('resting');
    expect(trade.engines).toEqual(['done', 'done', 'released']);
    expect(trade.allTerminal).toBe(false);
    trade.mineTo(trade.tip + 1);
    trade.mineTo(trade.tip + 1);
    const tried = triesOf(trade, 'successFee');
    expect(new Set(tried.map(({ request }) => request)).size).toBe(3);
    expect(agentHas(trade)).toBe(fee(trade));
    const lines = trade.data('taker').ledger.filter(({ purpose }) => purpose === 'successFee');
    expect(lines.map(({ status }) => status)).toEqual(['failed', 'failed', 'paid']);
    const line = trade.data('agent').ledger.findLast(({ purpose }) => purpose === 'successFee');
    expect(line).toMatchObject({ status: 'settled', amountMsat: fee(trade) });
    expect(trade.allTerminal).toBe(true);
  });

  test('S3: an unknown one is only waited for', () => {
    const trade = fiatSent('sell', 'PEER_HELD');
    trade.command('maker', 'cmdRelease');
    trade.settle((_, effect) => effect.kind === 'pay' && effect.purpose === 'successFee');
    trade.work.length = 0;
    trade.mineTo(trade.tip + 3);
    expect(trade.state('taker', 'debt')).toBe('paying');
    expect(triesOf(trade, 'successFee')).toEqual([]);
  });

  test('S9: given up after sixteen tries; the agent sees it and its trade ends', () => {
    const trade = released('PEER_HELD', 'successFee', always);
    for (let tries = 0; tries < 200 && trade.state('taker', 'debt') !== 'unpaid'; tries += 1)
      trade.wait(HOUR_MS);
    expect(amounts(trade, 'successFee')).toHaveLength(SUCCESS_FEE_TRIES);
    expect(trade.data('taker').why).toContain('could not be paid');
    trade.mineTo(trade.tip + 24 * 6 + 1);
    expect(trade.state('agent', 'claim')).toBe('unpaid');
    expect(trade.data('agent').why).toContain('did not pay the success fee');
    expect(trade.allTerminal).toBe(true);
    expect(agentHas(trade)).toBe(0n);
  });

  test('S9: an agent that is gone for good keeps the payee waiting for a day, not for ever', () => {
    const trade = released('PEER_HELD', 'successFee', always);
    trade.down.add('agent');
    trade.wait(60_000);
    expect(trade.state('taker', 'debt')).toBe('owed');
    trade.wait(24 * HOUR_MS - 61_000);
    expect(trade.state('taker', 'debt')).toBe('owed');
    trade.wait(60_000);
    expect(trade.state('taker', 'debt')).toBe('unpaid');
  });

  test('S9: a payee that never pays nor asks is seen when the invoice lapses', () => {
    const trade = fiatSent('sell', 'PEER_HELD');
    trade.command('maker', 'cmdRelease');
    trade.settle((role, effect) => role === 'taker' && effect.kind === 'pay');
    trade.down.add('taker');
    trade.mineTo(trade.tip + 24 * 6 + 1);
    expect(trade.state('agent', 'claim')).toBe('unpaid');
    expect(trade.data('agent').why).toContain('did not pay the success fee');
  });

  test('S30: nobody else can make the agent draw invoices, nor for more than the fee', () => {
    const trade = released('PEER_HELD', 'successFee', always);
    const ask = (from: 'maker' | 'taker', amountMsat: bigint, attempt: number) => {
      const body = { type: 'obligation' as const, why: 'x', amountMsat: amountMsat as never, attempt };
      const sequence = (trade.data('agent').received[from] ?? 0) + 1;
      trade.fact('agent', { kind: 'obligation', at: trade.at, from, sequence, envelopeId: 'x', body });
    };
    ask('maker', fee(trade), 2);
    ask('taker', fee(trade) + 1n, 2);
    ask('taker', fee(trade), SUCCESS_FEE_TRIES + 1);
    expect(trade.state('agent', 'claim')).toBe('none');
    ask('taker', fee(trade), 2);
    expect(trade.state('agent', 'claim')).toBe('making');
  });
});
