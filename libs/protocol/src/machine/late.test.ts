import { describe, expect, test } from '@jest/globals';
import type { StepCase } from '../testing/cases.js';
import { expectStep, says, told } from '../testing/cases.js';
import { fiatSent } from '../testing/steps.js';
import type { PaymentHash, PaymentRequest, Preimage } from '../units.js';
import { msat } from '../units.js';
import { lateAlarmsNow } from '../view/alarms.js';
import type { Fact } from './facts.js';
import { LATE_ALARMS } from './late.js';
import { enterFact } from './ledger.js';
import type { LedgerEntry, Obligation, Purpose, TradeData } from './state.js';

const hash = '55'.repeat(32) as PaymentHash;
const second = '66'.repeat(32) as PaymentHash;
const preimage = '77'.repeat(32) as Preimage;
const by = { by: 'admin', note: 'the receiver has nothing' };
const line = (status: LedgerEntry['status'], more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  ...{ purpose: 'payout', attempt: 1, kind: 'payment', hash, amountMsat: msat(1), status },
  ...more,
});
const declared = line('failed', { declared: true });
const trade = fiatSent('sell', 'AGENT_HELD');
const at = trade.at;
const paid: Fact = { kind: 'paymentPaid', at, hash, preimage, feeMsat: msat(3) };
const failed: Fact = { kind: 'paymentFailed', at, hash, reason: 'NO_ROUTE' };
const OPERATOR: Fact = { ...failed, reason: 'DECLARED_BY_OPERATOR', operator: by };

describe('S3 S20 a payment that an operator declared failed', () => {
  test('is marked as such; one that the node says failed is not', () => {
    expect(enterFact([line('live')], OPERATOR)).toEqual([declared]);
    expect(enterFact([line('live')], failed)).toEqual([line('failed')]);
  });

  test('is booked as paid, with its preimage and fee, when the node says so', () => {
    expect(enterFact([declared], paid)).toEqual([{ ...declared, status: 'paid', preimage, feeMsat: 3n }]);
  });

  test.each([
    ['the node says that it failed', declared, failed],
    ['the operator says so again', declared, OPERATOR],
    ['"paid" a second time', line('paid', { declared: true }), paid],
    ['"paid" of what the node itself called failed', line('failed'), paid],
  ])('nothing changes: %s', (_, entry, fact) => expect(enterFact([entry], fact)).toBe('known'));
});

describe('S1 S3 paid after all: told at once, and for as long as anybody looks', () => {
  const paidOf = (ledger: LedgerEntry[]) => {
    const one: StepCase = {
      rule: 'S3',
      in: { engine: 'released', escrow: 'released', debt: 'paid' },
      has: { ledger },
      fact: () => ({ kind: 'paymentPaid', hash, preimage, feeMsat: msat(3) }),
    };
    return { ...one, keeps: { told: [{ alarm: alarmIn(ledger), height: at.height }] } };
  };
  const alarmIn = (ledger: LedgerEntry[]) => {
    const data: TradeData = { ...trade.data('agent'), ledger: ledger.map(asPaid) };
    const [alarm, ...more] = lateAlarmsNow({ ...trade.states.agent, data });
    expect(more).toEqual([]);
    expect(alarm?.text).toBe(alarm && LATE_ALARMS[alarm.alarm as keyof typeof LATE_ALARMS]);
    return alarm?.alarm;
  };
  const asPaid = (entry: LedgerEntry): LedgerEntry =>
    entry === declared || entry.declared ? { ...entry, status: 'paid' } : entry;
  const other = (
    status: LedgerEntry['status'],
    purpose: Purpose = 'payout',
    kind: LedgerEntry['kind'] = 'payment',
  ) => line(status, { hash: second, attempt: 2, purpose, kind });

  test.each([
    ['nothing else', [declared], 'paidAfterAll'],
    ['a second that failed', [declared, other('failed')], 'paidAfterAll'],
    ['a payment for something else', [declared, other('paid', 'successFee')], 'paidAfterAll'],
    ['an invoice of ours', [declared, other('live', 'payout', 'invoice')], 'paidAfterAll'],
    ['a second that was paid', [declared, other('paid')], 'paidTwice'],
    ['a second that is under way', [declared, other('live')], 'paidTwice'],
    [
      'the escrow, when its price was paid',
      [line('failed', { declared: true, purpose: 'escrow' }), other('paid')],
      'paidTwice',
    ],
    ['the price, beside an escrow that was paid', [declared, other('paid', 'escrow')], 'paidTwice'],
  ] as const)('beside %s', (_, ledger, alarm) => {
    expect(alarmIn([...ledger])).toBe(alarm);
    expectStep(trade, 'agent', paidOf([...ledger]));
  });

  test('a trade in which nobody declared anything tells nothing', () => {
    expect(lateAlarmsNow(trade.states.agent)).toEqual([]);
  });
});

/** The debt that it was for. */
const obligation: Obligation = { to: 'taker', amountMsat: msat(1), why: 'Due.', attempt: 2 };
const request = { hash: second, request: 'lnbcrt1' as PaymentRequest };
const lateLedger = (d: TradeData, purpose: Purpose = 'payout') => [
  ...d.ledger.map((entry) => ({ ...entry, status: 'settled' as const })),
  line('paid', { declared: true, purpose }),
];
const owing = { engine: 'releasing', escrow: 'owing' };
const over = { engine: 'released', escrow: 'released', debt: 'paid' };
const notYet = (d: TradeData): Partial<TradeData> => ({
  obligation,
  ledger: [...lateLedger(d).slice(0, -1), declared],
});
const RELEASED = ['maker: notice released', 'taker: notice released'];
const fact: StepCase['fact'] = () => ({ kind: 'paymentPaid', hash, preimage, feeMsat: msat(3) });

const CASES: StepCase[] = [
  ...['owed', 'resting'].map((debt): StepCase => ({
    rule: `S1 ${debt}: the word comes before anything else is sent: paid, and nothing more`,
    in: { ...owing, debt },
    has: notYet,
    fact,
    then: over,
    asks: RELEASED,
  })),
  {
    rule: 'S1 recording: booked, and what is written down next is not sent',
    in: { ...owing, debt: 'recording' },
    has: (d) => ({ obligation, payoutRequest: request, ledger: lateLedger(d) }),
    fact: () => ({ kind: 'recorded', hash: second }),
    then: over,
    asks: RELEASED,
  },
  {
    rule: 'S1 resting: the second failed as well: not tried a third time',
    in: { ...owing, debt: 'resting' },
    has: (d) => ({ obligation, ledger: lateLedger(d) }),
    fact: () => ({ kind: 'due', name: 'debt.nextTry' }),
    then: over,
    asks: RELEASED,
  },
  {
    rule: 'S3 paying: the second goes on, tracked by its own hash',
    in: { ...owing, debt: 'paying' },
    has: (d) => ({
      obligation,
      payoutRequest: request,
      ledger: [...lateLedger(d).slice(0, -1), declared, line('live', { hash: second, attempt: 2 })],
    }),
    fact,
    keeps: { told: [{ alarm: 'paidTwice', height: at.height }] },
  },
  {
    rule: 'S1 a debt that comes back after its hold was settled first: paid already',
    in: { ...owing, debt: 'none' },
    has: (d) => ({ ledger: lateLedger(d) }),
    fact: () => ({ kind: 'owe', to: 'taker', amountMsat: msat(1), why: 'Due.' }),
    then: over,
    asks: RELEASED,
    keeps: { obligation: { to: 'taker' } },
  },
  {
    rule: 'S1 the same, with the invoice of the start at hand',
    in: { ...owing, debt: 'none' },
    has: (d) => ({ ledger: lateLedger(d), payoutRequest: request }),
    fact: (d) => ({ kind: 'owe', to: 'taker', amountMsat: d.terms?.payoutMsat ?? msat(1), why: 'Due.' }),
    then: over,
    asks: RELEASED,
  },
  {
    rule: 'S1 S48 a release takes nothing back that was paid after all',
    in: { ...owing, debt: 'resting' },
    has: (d) => ({
      releaseSigned: true,
      obligation: { ...obligation, refund: true },
      ledger: lateLedger(d),
    }),
    fact: told('releaseEscrow'),
  },
  {
    rule: 'S1 what was paid for something else pays no debt',
    in: { ...owing, debt: 'owed' },
    has: (d) => ({ obligation, ledger: lateLedger(d, 'successFee') }),
    fact: says('taker', {
      type: 'freshInvoice',
      attempt: 2,
      hash: second,
      request: request.request,
    }),
    then: { debt: 'recording' },
    asks: ['record 2'],
  },
];

describe('what it was for is owed no longer', () => {
  test.each(CASES.map((one) => [one.rule, one] as const))('%s', (_, one) => expectStep(trade, 'agent', one));

  test('S1 S56 a price is not paid on top of an escrow that was paid after all', () => {
    const hosted = fiatSent('sell', 'PEER_HELD');
    expectStep(hosted, 'maker', {
      rule: 'S56',
      in: { engine: 'releasing', escrow: 'owing', debt: 'owed' },
      has: (d) => ({
        obligation,
        ledger: d.ledger.map((entry): LedgerEntry => ({ ...entry, status: 'failed', declared: true })),
      }),
      fact: (d) => ({ kind: 'paymentPaid', hash: d.escrowHash ?? hash, preimage, feeMsat: msat(3) }),
      then: { engine: 'done', escrow: 'released', debt: 'paid' },
    });
  });
});
