import { describe, test } from '@jest/globals';
import type { TradeData } from '../../machine/state.js';
import type { StepCase } from '../../testing/cases.js';
import { CANCELLED, due, expectStep, notice, says, told } from '../../testing/cases.js';
import { beforePayment, fiatSent } from '../../testing/steps.js';
import type { PaymentHash, PaymentRequest } from '../../units.js';
import { height, msat } from '../../units.js';

const rulings = (words: string): string[] => [`maker: ruling for ${words}`, `taker: ruling for ${words}`];
const LAPSED = rulings('payer by lease');
const lapsed = { escrow: 'lapsed', deal: 'lapsed' };
const refund = told('refundEscrow', { why: 'Given up.', by: 'cancel' });
const notSent = { fiatSent: false };

const E = height(1627);
const report = { E, h: height(1000), receivedMsat: msat(100_000_000) };
const accepted: StepCase['fact'] = (d, tip) =>
  says('taker', { type: 'accepted', hash: d.escrowHash ?? ('' as PaymentHash), ...report })(d, tip);
const payerExpiry: StepCase['fact'] = (d, tip) =>
  says('maker', { type: 'payerExpiry', hash: d.escrowHash ?? ('' as PaymentHash), E })(d, tip);
const lockedThen: Pick<StepCase, 'then' | 'asks'> = {
  then: { escrow: 'held', deal: 'locked', engine: 'locked' },
  asks: ['maker: locked', 'taker: locked'],
};

/** Both reports are needed, whichever comes first, by two blocks before the lease's end. */
const REPORTS: StepCase[] = [
  {
    rule: "S13 the host's report alone locks nothing",
    in: {},
    fact: accepted,
    keeps: { accepted: report },
  },
  {
    rule: "S13 the payer's report alone locks nothing",
    in: {},
    fact: payerExpiry,
    keeps: { payerExpiry: E },
  },
  ...([1004, 1005] as const).flatMap((tip): StepCase[] => {
    const what = tip === 1004 ? { ...lockedThen, keeps: { payerExpiry: E, locked: { A: 1609 } } } : {};
    const words = tip === 1004 ? 'locked, both are told' : 'too late to lock';
    return [
      {
        rule: `S13 S58 the host's report comes second at ${String(tip)}: ${words}`,
        in: {},
        has: { payerExpiry: E },
        tip: () => tip,
        fact: accepted,
        ...what,
      },
      {
        rule: `S13 S58 the payer's report comes second at ${String(tip)}: ${words}`,
        in: {},
        has: { accepted: report },
        tip: () => tip,
        fact: payerExpiry,
        ...what,
      },
    ];
  }),
  {
    rule: 'S9 lapsed: the host says that it cancelled',
    in: { escrow: 'lapsed' },
    fact: says('taker', CANCELLED),
  },
];

const UNLOCKED: StepCase[] = [
  {
    rule: 'A11 a cancel before it was locked: over, and both are told',
    in: {},
    fact: says('maker', { type: 'cancelRequest', confirmed: true }),
    then: lapsed,
    asks: LAPSED,
    keeps: { why: 'Cancelled before it was locked.' },
  },
  {
    rule: 'A7 the host has cancelled: over, for the reason it gave, and both are told',
    in: {},
    fact: says('taker', CANCELLED),
    then: lapsed,
    asks: LAPSED,
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'S58 not locked within the lease: over, and both are told',
    in: {},
    fact: due('escrow.lease'),
    then: lapsed,
    asks: LAPSED,
  },
];

const withoutFee = (d: TradeData): Partial<TradeData> =>
  d.terms ? { terms: { ...d.terms, successFeeMsat: msat(0) } } : {};
const feeHash = '55'.repeat(32) as PaymentHash;
const withFeeInvoice = (d: TradeData): Partial<TradeData> => ({
  ledger: [
    ...d.ledger,
    {
      purpose: 'successFee',
      attempt: 1,
      kind: 'invoice',
      hash: feeHash,
      amountMsat: msat(1),
      status: 'live',
    },
  ],
});
const released = { engine: 'released' };
const refunded = { escrow: 'refunded', engine: 'refunded' };
const SILENT = 'The payee never said what became of the hold; it is over by now.';

const LOCKED: StepCase[] = [
  {
    rule: 'A9 a release with a success fee: its invoice comes first',
    in: { engine: 'releasing' },
    fact: told('releaseEscrow'),
    then: { escrow: 'pricing' },
    asks: ['invoice successFee 1'],
  },
  {
    rule: 'A9 S60 a release without a success fee: the preimage goes to the payee, to nobody else',
    in: { engine: 'releasing' },
    has: withoutFee,
    fact: told('releaseEscrow'),
    then: { escrow: 'disclosed' },
    asks: ['taker: preimage'],
  },
  {
    rule: 'A9 S60 the fee has its invoice: the preimage goes to the payee, to nobody else',
    in: { escrow: 'pricing', engine: 'releasing' },
    has: withFeeInvoice,
    fact: () => ({ kind: 'invoiceMade', hash: feeHash, request: 'lnbcrt1' as PaymentRequest }),
    then: { escrow: 'disclosed' },
    asks: ['taker: preimage'],
  },
  {
    rule: 'S45 undecided, and fiat was sent: the payee is given the preimage',
    in: { engine: 'undecided' },
    fact: told('undecided'),
    then: { escrow: 'disclosed' },
    asks: ['taker: preimage', ...rulings('payee by default')],
  },
  {
    rule: 'S34 S45 undecided, and no fiat was sent: the payer is to have it back',
    in: { engine: 'undecided' },
    has: notSent,
    fact: told('undecided'),
    then: { escrow: 'refunding' },
    asks: rulings('payer by default'),
    keeps: { why: 'Nobody decided until decide-by.' },
  },
  {
    rule: 'S9 a refund: both are told, the payee has to cancel',
    in: { engine: 'refunding' },
    fact: refund,
    then: { escrow: 'refunding' },
    asks: rulings('payer by cancel'),
    keeps: { why: 'Given up.' },
  },
  {
    rule: 'S56 the hold is gone after fiat was sent: not over',
    in: {},
    fact: says('taker', CANCELLED),
    then: { escrow: 'lostPerformed' },
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'S9 the hold is gone before fiat was sent: refunded',
    in: { engine: 'performing' },
    has: notSent,
    fact: says('taker', CANCELLED),
    then: refunded,
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'S34 S56 at A, fiat sent and nothing decided: no preimage any more, the payer owes',
    in: {},
    fact: due('escrow.holdOver'),
    then: { escrow: 'owedByPayer', ...released },
    asks: rulings('payee by default'),
    keeps: { why: 'The hold was over before the default was carried out; the payer owes the price.' },
  },
  {
    rule: 'S47 S56 at A: we were away in the grace and have not heard the payee: it begins anew',
    in: { engine: 'performing' },
    has: notSent,
    fact: due('escrow.holdOver', (d) => (d.performingUntil ?? 0) + 1),
    keeps: { graceFrom: 1174 },
  },
  {
    rule: 'S34 at A, no fiat sent: refunded, and no preimage any more',
    in: { engine: 'performing' },
    has: notSent,
    fact: due('escrow.holdOver'),
    then: { escrow: 'refunding' },
    asks: rulings('payer by deadline'),
    keeps: { why: 'The hold is over.' },
  },
  {
    rule: 'S56 released after the hold was gone: the payer owes',
    in: { escrow: 'lostPerformed', engine: 'releasing' },
    fact: told('releaseEscrow'),
    then: { escrow: 'owedByPayer', ...released },
  },
  {
    rule: 'S9 refunded after the hold was gone: nothing is owed, and both are told',
    in: { escrow: 'lostPerformed', engine: 'refunding' },
    fact: refund,
    then: refunded,
    asks: rulings('payer by cancel'),
    keeps: { why: 'Given up.' },
  },
  {
    rule: 'S56 nobody decided, the hold gone, fiat sent: the payer owes by default',
    in: { escrow: 'lostPerformed' },
    fact: due('escrow.decideBy'),
    then: { escrow: 'owedByPayer', ...released },
    asks: rulings('payee by default'),
  },
  {
    rule: 'S56 nobody decided, the hold gone, no fiat sent: refunded by default',
    in: { escrow: 'lostPerformed' },
    has: notSent,
    fact: due('escrow.decideBy'),
    then: refunded,
    asks: rulings('payer by default'),
  },
  {
    rule: 'A9 the payee has settled: released',
    in: { escrow: 'disclosed', engine: 'releasing' },
    fact: says('taker', notice('settled')),
    then: { escrow: 'released', ...released },
  },
  {
    rule: 'A9 another notice of the payee ends nothing',
    in: { escrow: 'disclosed', engine: 'releasing' },
    waits: true,
    fact: says('taker', notice('tooLate')),
  },
  {
    rule: 'S56 disclosed, and the hold is gone: the payer owes',
    in: { escrow: 'disclosed', engine: 'releasing' },
    fact: says('taker', CANCELLED),
    then: { escrow: 'owedByPayer', ...released },
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'S9 disclosed, and the hold is gone: the invoice of the fee is taken back, since nothing was settled',
    in: { escrow: 'disclosed', engine: 'releasing' },
    has: withFeeInvoice,
    fact: says('taker', CANCELLED),
    then: { escrow: 'owedByPayer', ...released },
    asks: ['cancel'],
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'S20 disclosed: no cancel any more',
    in: { escrow: 'disclosed', engine: 'releasing' },
    fact: says('taker', { type: 'cancelRequest', confirmed: true }),
  },
  {
    rule: 'S9 disclosed, and the payee never says a word: over at E',
    in: { escrow: 'disclosed', engine: 'releasing' },
    fact: due('escrow.htlcsOver'),
    then: { escrow: 'released', ...released },
    keeps: { why: SILENT },
  },
  {
    rule: 'S9 refunding, and the payee has cancelled: refunded',
    in: { escrow: 'refunding', engine: 'refunding' },
    fact: says('taker', CANCELLED),
    then: refunded,
  },
  {
    rule: 'S9 refunding, and the payee never says a word: over at E',
    in: { escrow: 'refunding', engine: 'refunding' },
    fact: due('escrow.htlcsOver'),
    then: refunded,
    keeps: { why: SILENT },
  },
  {
    rule: 'S48 refunding, and the payee says that it settled: recorded',
    in: { escrow: 'refunding', engine: 'refunding' },
    fact: says('taker', notice('settled')),
    then: refunded,
    keeps: { why: 'The payee settled after a refund was recorded.' },
  },
  {
    rule: 'S48 refunding, and another notice ends nothing',
    in: { escrow: 'refunding', engine: 'refunding' },
    waits: true,
    fact: says('taker', notice('tooLate')),
  },
];

describe('PEER_HELD, the agent, before locked', () => {
  const trade = beforePayment('sell', 'PEER_HELD');
  test.each([...REPORTS, ...UNLOCKED].map((one) => [one.rule, one] as const))('%s', (_, one) =>
    expectStep(trade, 'agent', one),
  );
});

describe('PEER_HELD, the agent, from locked on', () => {
  const trade = fiatSent('sell', 'PEER_HELD');
  test.each(LOCKED.map((one) => [one.rule, one] as const))('%s', (_, one) => expectStep(trade, 'agent', one));
});
