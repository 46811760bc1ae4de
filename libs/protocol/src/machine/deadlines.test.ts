import { describe, expect, test } from '@jest/globals';
import type { LedgerEntry, TradeData } from '../machine/state.js';
import { TABLES } from '../parties.js';
import { fiatSent } from '../testing/steps.js';
import type { PaymentHash } from '../units.js';
import { height as heightOf, msat, unixMs } from '../units.js';

/**
 * Every wait and its end, by hand: heights where money is held, times while it is only talked about. In the trade below
 * everybody has what a deadline is counted from.
 */
const start = 1_700_600_000_000;
const minutes = (n: number) => ({ timeMs: start + n * 60_000, withinMs: n * 60_000 });
const LEASE_END = 1006;
const PERFORM_BY = 1173;
const ANSWER_BY = 1251;
const DECIDE_BY = 1557;
const E = 1435;
const A = 1417;
const at = (height: number) => ({ height });
const ASKED = 1000;
const NEAR_END = { nearEnd: at(A - 12) };
const LATE_RETURN = { lateReturn: at(LEASE_END + 6) };
const CUSTODY_OVERDUE = { custodyOverdue: at(DECIDE_BY + 1008 + 36) };

const WAITS: Record<string, Record<string, Record<string, object>>> = {
  'deal.maker': { retaining: { giveUp: minutes(10) }, accepted: { giveUp: minutes(10) } },
  'deal.taker': {
    payingFee: { noWord: at(ASKED + 300) },
    soliciting: { giveUp: minutes(10) },
    offered: { giveUp: minutes(20) },
    accepted: { giveUp: minutes(20) },
    retaining: { giveUp: minutes(20) },
  },
  'deal.agent': {
    offered: { giveUp: minutes(20) },
    awaitingFee: { giveUp: minutes(20) },
    feePaid: { giveUp: minutes(20) },
  },
  'fiat.payer': { answering: { answerBy: at(ANSWER_BY) } },
  'fiat.payee': {
    awaitingDetails: { performBy: at(PERFORM_BY) },
    asking: { performBy: at(PERFORM_BY) },
    performing: { graceEnd: at(PERFORM_BY + 36) },
  },
  'fiat.agent': {
    locked: { performBy: at(PERFORM_BY) },
    performing: { graceEnd: at(PERFORM_BY + 36) },
    performed: { decideBy: at(DECIDE_BY) },
  },
  'AGENT_HELD.payer': {
    paying: LATE_RETURN,
    payingElsewhere: { overdue: at(LEASE_END + 6) },
    leaving: { walletFree: at(LEASE_END + 2016), ...LATE_RETURN },
    secured: { ...NEAR_END, ...CUSTODY_OVERDUE },
    refundSaid: { ...NEAR_END, ...CUSTODY_OVERDUE },
    releasing: { ...NEAR_END, ...CUSTODY_OVERDUE },
    settledEarly: CUSTODY_OVERDUE,
    custody: CUSTODY_OVERDUE,
    releasingCustody: CUSTODY_OVERDUE,
  },
  'AGENT_HELD.payee': {
    waiting: { overdue: at(LEASE_END + 6) },
    secured: CUSTODY_OVERDUE,
    custody: CUSTODY_OVERDUE,
  },
  'AGENT_HELD.agent': {
    unlocking: LATE_RETURN,
    settlingPaid: NEAR_END,
    settlingUnpaid: NEAR_END,
    settlingFirst: NEAR_END,
    takingCustody: NEAR_END,
    refundingFromCustody: NEAR_END,
    refunding: NEAR_END,
    open: { lease: at(LEASE_END) },
    held: { forcedSettle: at(A - 24) },
    payingFirst: { payoutTooLate: at(A - 50) },
    lostPerformed: { decideBy: at(DECIDE_BY) },
    custody: { custodyEnd: at(DECIDE_BY + 1008) },
  },
  'PEER_HELD.payer': {
    awaitingInvoice: { lease: at(LEASE_END) },
    paying: LATE_RETURN,
    leaving: LATE_RETURN,
    held: NEAR_END,
    refundSaid: NEAR_END,
    releasing: NEAR_END,
    taken: { theirsAtEnd: at(A) },
    defaulting: { defaultFrom: at(DECIDE_BY - 2) },
  },
  'PEER_HELD.payee': {
    open: { free: at(LEASE_END + 2) },
    accepted: { free: at(LEASE_END + 2) },
    unlocking: LATE_RETURN,
    held: { holdOver: at(A), ...NEAR_END },
    lapsing: NEAR_END,
    settling: NEAR_END,
    unreleased: { holdOver: at(A) },
    refunding: NEAR_END,
  },
  'PEER_HELD.agent': {
    waiting: { lease: at(LEASE_END) },
    held: { holdOver: at(A) },
    lostPerformed: { decideBy: at(DECIDE_BY) },
    disclosed: { htlcsOver: at(E) },
    refunding: { htlcsOver: at(E) },
  },
  debt: { paying: { noWord: at(ASKED + 300) }, resting: { nextTry: { ...minutes(3), withinMs: 600_000 } } },
};

describe('S14 S49: every wait has its end, to the block', () => {
  const trade = fiatSent('sell', 'AGENT_HELD');
  const payment: LedgerEntry = {
    ...{ purpose: 'payout', attempt: 1, kind: 'payment', hash: 'ab'.repeat(32) as PaymentHash },
    ...{ amountMsat: msat(1), status: 'live', asked: { height: heightOf(ASKED), timeMs: unixMs(start) } },
  };
  const data: TradeData = {
    ...trade.data('agent'),
    startedMs: start,
    nextTryMs: minutes(3).timeMs as NonNullable<TradeData['nextTryMs']>,
    externalWallet: false,
    ledger: [...trade.data('agent').ledger, payment],
    obligation: { to: 'taker', amountMsat: msat(1), why: 'Owed so.', attempt: 1 },
  };

  test.each(TABLES.map((table) => [table.name, table] as const))('%s', (name, table) => {
    const waits = Object.entries(table.states).flatMap(([state, { until }]) => {
      const ends = Object.entries(until).flatMap(([deadline, end]) => {
        const when = end(deadline === 'walletFree' ? { ...data, externalWallet: true } : data);
        return when ? [[deadline, when] as const] : [];
      });
      return ends.length === 0 ? [] : [[state, Object.fromEntries(ends)] as const];
    });
    expect(Object.fromEntries(waits)).toEqual(WAITS[name] ?? {});
  });

  test('S52: only a wallet that can not be read is waited for by height', () => {
    const leaving = TABLES.find(({ name }) => name === 'AGENT_HELD.payer')?.states.leaving;
    expect(leaving?.until.walletFree?.(data)).toBeUndefined();
  });

  test('S14: of a wallet that can not be read nobody knows whether its hold is open at A - 12', () => {
    const secured = TABLES.find(({ name }) => name === 'AGENT_HELD.payer')?.states.secured;
    expect(secured?.until.nearEnd?.({ ...data, ledger: [] })).toBeUndefined();
  });
});
