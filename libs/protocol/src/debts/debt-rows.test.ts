import { describe, test } from '@jest/globals';
import type { MessageFact } from '../machine/facts.js';
import type { TradeData } from '../machine/state.js';
import type { Body } from '../messages/bodies.js';
import type { StepCase } from '../testing/cases.js';
import { expectStep, says, saysOf } from '../testing/cases.js';
import { fiatSent } from '../testing/steps.js';
import type { PaymentHash, PaymentRequest } from '../units.js';
import { msat } from '../units.js';

const payoutHash = '55'.repeat(32) as PaymentHash;

/** The agent pays the payee, on the second invoice. */
const paying = (d: TradeData): Partial<TradeData> => ({
  obligation: { to: 'taker', amountMsat: msat(1), why: 'The trade was released.', attempt: 2 },
  payoutRequest: { hash: payoutHash, request: 'lnbcrt1' as PaymentRequest },
  ledger: [
    ...d.ledger,
    { purpose: 'payout', attempt: 2, kind: 'payment', hash: payoutHash, amountMsat: msat(1), status: 'live' },
  ],
});
/** The time of the trade's tip. */
const NOW_MS = 1_700_600_000_000;
const debtor = { escrow: 'payingFirst', engine: 'releasing', debt: 'paying' };
const fresh = (attempt: number, hash: string): Body => ({
  type: 'freshInvoice',
  attempt,
  hash: hash as PaymentHash,
  request: 'lnbcrt1fresh' as PaymentRequest,
});
const owed = { ...debtor, escrow: 'owing', debt: 'owed' };

const DEBT: StepCase[] = [
  {
    rule: 'S1 paid: paid for good',
    in: debtor,
    has: paying,
    fact: saysOf('payout', 'paymentPaid'),
    then: { debt: 'paid', escrow: 'settlingPaid' },
    asks: ['settle with own'],
  },
  {
    rule: 'S4 A16 our node refused to pay: tried again on a fresh invoice, after a pause',
    in: debtor,
    has: paying,
    fact: saysOf('payout', 'payRefused'),
    then: { debt: 'resting' },
    keeps: { obligation: { attempt: 3 }, payoutRequest: undefined, nextTryMs: NOW_MS + 2000 },
  },
  {
    rule: 'S1 a fresh invoice of this number is recorded before it is paid',
    in: owed,
    has: paying,
    fact: says('taker', fresh(2, '66'.repeat(32))),
    then: { debt: 'recording' },
    asks: ['record 2'],
    keeps: { payoutRequest: { hash: '66'.repeat(32) } },
  },
  {
    rule: 'S1 a fresh invoice of another number is none',
    in: owed,
    has: paying,
    fact: says('taker', fresh(1, '66'.repeat(32))),
    waits: true,
  },
  {
    rule: 'S4 S12 a hash that was seen before is none',
    in: owed,
    has: paying,
    fact: says('taker', fresh(2, payoutHash)),
    waits: true,
  },
  {
    rule: 'S2 an invoice of somebody else is none',
    in: owed,
    has: paying,
    fact: says('maker', fresh(2, '66'.repeat(32))),
    waits: true,
  },
];

const named = (cases: StepCase[]) => cases.map((one) => [one.rule, one] as const);

describe('the success fee of a payee that was released', () => {
  const trade = fiatSent('sell', 'PEER_HELD');
  const feeHash = '77'.repeat(32) as PaymentHash;
  const paysFee =
    (attempt: number) =>
    (d: TradeData): Partial<TradeData> => ({
      obligation: { to: 'agent', amountMsat: msat(1), why: 'Due.', purpose: 'successFee', attempt },
      payoutRequest: { hash: feeHash, request: 'lnbcrt1fee' as PaymentRequest },
      ledger: [
        ...d.ledger.map((entry) => ({ ...entry, status: 'settled' as const })),
        {
          ...{ purpose: 'successFee', attempt, kind: 'payment', hash: feeHash },
          amountMsat: msat(1),
          status: 'live',
        },
      ],
    });
  const says = [
    ['S3', { kind: 'paymentFailed', reason: 'NO_ROUTE' }],
    ['S4', { kind: 'payRefused', reason: 'EXPIRED', text: 'No.' }],
  ] as const;

  test.each(
    says.flatMap(([rule, said]) => [15, 16].map((attempt) => [rule, said.kind, attempt, said] as const)),
  )('%s S9: %s at try %i: the sixteenth is the last', (rule, _, attempt, said) => {
    expectStep(trade, 'taker', {
      rule,
      in: { engine: 'done', escrow: 'released', debt: 'paying' },
      has: paysFee(attempt),
      fact: () => ({ hash: feeHash, ...said }),
      then: { debt: attempt === 16 ? 'unpaid' : 'resting' },
      keeps:
        attempt === 16
          ? { why: "The agent's success fee could not be paid; it is no longer tried." }
          : { obligation: { attempt: 16 } },
    });
  });

  const owesFee = (d: TradeData): Partial<TradeData> => ({
    successFeeInvoice: { hash: feeHash, request: 'lnbcrt1fee' as PaymentRequest },
    ledger: d.ledger.map((entry) => ({ ...entry, status: 'settled' as const })),
  });
  const OTHER = '66'.repeat(32) as PaymentHash;
  const fee = { to: 'agent' as const, amountMsat: msat(1), why: 'Due.', purpose: 'successFee' as const };
  test.each([
    ['its hash is new', undefined, true],
    ['another hash of the step was used before', [OTHER], true],
    ['its hash was used before', [feeHash], false],
    ['its hash was used before, as another of the step', [OTHER, feeHash], false],
  ])('S9 S12: the invoice that came with the preimage, and %s', (_, used, isPaid) => {
    expectStep(trade, 'taker', {
      rule: 'S12',
      in: { engine: 'done', escrow: 'released' },
      has: owesFee,
      fact: () => ({ kind: 'owe', ...fee, used }),
      then: { debt: isPaid ? 'recording' : 'owed' },
      asks: isPaid ? ['record 1'] : ['agent: obligation 1'],
      keeps: isPaid
        ? { payoutRequest: { hash: feeHash } }
        : {
            nextTryMs: NOW_MS,
            obligation: {
              why: 'Due. The hash of the invoice for it was used before (HASH_IN_USE): nothing is paid on it.',
            },
          },
    });
  });

  const given: MessageFact = {
    ...{ kind: 'freshInvoice', from: 'agent', sequence: 9, envelopeId: 'given', at: trade.at },
    body: { type: 'freshInvoice', attempt: 1, hash: OTHER, request: 'lnbcrt1other' as PaymentRequest },
  };
  test('S9 S12: an invoice that came before its time, on a used hash, is forgotten, and a fresh one asked for', () => {
    expectStep(trade, 'taker', {
      rule: 'S12',
      in: { engine: 'done', escrow: 'released' },
      has: (d) => ({ ...owesFee(d), early: [given] }),
      fact: () => ({ kind: 'owe', ...fee, used: [feeHash, OTHER] }),
      then: { debt: 'owed' },
      asks: ['agent: obligation 1'],
      keeps: { early: [] },
    });
  });

  test('S9: an agent that gives no invoice for a day isn’t waited for any longer', () => {
    expectStep(trade, 'taker', {
      rule: 'S9',
      in: { engine: 'done', escrow: 'released', debt: 'owed' },
      has: (d) => ({ ...paysFee(1)(d), nextTryMs: NOW_MS as TradeData['nextTryMs'] }),
      fact: () => ({ kind: 'due', name: 'debt.agentSilent' }),
      then: { debt: 'unpaid' },
      keeps: { why: "The agent's success fee could not be paid; it is no longer tried." },
    });
  });

  test.each(says)('%s: word of an older try ends nothing', (rule, said) => {
    expectStep(trade, 'taker', {
      rule,
      in: { engine: 'done', escrow: 'released', debt: 'paying' },
      has: paysFee(16),
      fact: () => ({ hash: '99'.repeat(32), ...said }) as ReturnType<StepCase['fact']>,
    });
  });
});

describe('who owes', () => {
  const trade = fiatSent('sell', 'AGENT_HELD');
  test.each(named(DEBT))('%s', (_, one) => expectStep(trade, 'agent', one));

  test.each<[string, object, number, boolean]>([
    ['no route, and the hold leaves 287 blocks', { kind: 'paymentFailed', reason: 'NO_ROUTE' }, 287, true],
    ['no route, and 288 are left', { kind: 'paymentFailed', reason: 'NO_ROUTE' }, 288, false],
    [
      'our node refuses, and 287 are left',
      { kind: 'payRefused', reason: 'REFUSED_BY_NODE', text: 'No.' },
      287,
      true,
    ],
    [
      'our node refuses, and 288 are left',
      { kind: 'payRefused', reason: 'REFUSED_BY_NODE', text: 'No.' },
      288,
      false,
    ],
    ['lnd refuses 27 blocks', { kind: 'payRefused', reason: 'REFUSED_BY_NODE', text: 'No.' }, 27, true],
    ['an expired invoice', { kind: 'payRefused', reason: 'EXPIRED', text: 'No.' }, 27, false],
    ['an invoice that is gone', { kind: 'paymentFailed', reason: 'REJECTED_BY_DESTINATION' }, 27, false],
  ])('S5: %s: the hold is settled first, or a fresh invoice is asked for', (_, said, left, settles) => {
    expectStep(trade, 'agent', {
      rule: 'S5',
      in: debtor,
      has: paying,
      tip: (d) => (d.locked?.A ?? 0) - 24 - left,
      fact: () => ({ hash: payoutHash, ...said }) as ReturnType<StepCase['fact']>,
      then: settles ? { debt: 'none', escrow: 'settlingFirst' } : { debt: 'resting' },
      asks: settles ? ['settle with own'] : [],
      keeps: { obligation: { attempt: 3 } },
    });
  });

  test.each([
    { kind: 'paymentFailed', reason: 'NO_ROUTE' },
    { kind: 'payRefused', reason: 'REFUSED_BY_NODE', text: 'No.' },
  ])('S1 S5: $kind of an older try ends nothing', (said) => {
    expectStep(trade, 'agent', {
      rule: 'S5',
      in: debtor,
      has: paying,
      tip: (d) => (d.locked?.A ?? 0) - 60,
      fact: () => ({ hash: '99'.repeat(32), ...said }) as ReturnType<StepCase['fact']>,
    });
  });

  test('S54: refused because a held HTLC went on chain: the escrow settles first', () => {
    expectStep(trade, 'agent', {
      rule: 'S54',
      in: debtor,
      has: paying,
      fact: () => ({ kind: 'payRefused', hash: payoutHash, reason: 'HOLD_ON_CHAIN', text: 'On chain.' }),
      then: { debt: 'none', escrow: 'settlingFirst' },
      asks: ['settle with own'],
      keeps: { obligation: { attempt: 3 }, settling: true },
    });
  });
});
