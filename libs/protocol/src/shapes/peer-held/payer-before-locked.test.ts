import { describe, test } from '@jest/globals';
import type { StepCase } from '../../testing/cases.js';
import {
  CANCELLED,
  command,
  due,
  expectStep,
  expiries,
  failed,
  locked,
  paid,
  refused,
  ruling,
  says,
} from '../../testing/cases.js';
import { beforePayment } from '../../testing/steps.js';
import type { PaymentHash, PaymentRequest } from '../../units.js';
import { height, msat } from '../../units.js';

const unpaid = { escrow: 'unpaid', deal: 'lapsed' };
const endangered = { escrow: 'taken', deal: 'locked', engine: 'endangered' };
const WITHOUT_RELEASE =
  'Your payment was settled without your release. You hold the preimage: keep "tercet evidence ID".';
const said = { E: height(1627), h: height(1000), receivedMsat: msat(1) };
const UNLOCKED: StepCase[] = [
  {
    rule: "S1 S4 the payee's invoice is paid, once",
    in: { escrow: 'awaitingInvoice' },
    fact: says('taker', { type: 'invoice', request: 'lnbcrt1' as PaymentRequest }),
    then: { escrow: 'paying' },
    asks: ['pay escrow'],
    keeps: { holdInvoice: 'lnbcrt1' },
  },
  {
    rule: 'A7 cancelled before there was an invoice: over, for the reason that was given',
    in: { escrow: 'awaitingInvoice' },
    fact: says('agent', CANCELLED),
    then: unpaid,
    claim: 'release',
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'A7 ruled before there was an invoice: over, for the reason that was given',
    in: { escrow: 'awaitingInvoice' },
    fact: says('agent', ruling('payer', 'lease')),
    then: unpaid,
    claim: 'release',
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'A11 a cancel before there was an invoice: over at once, and the agent hears of it',
    in: { escrow: 'awaitingInvoice' },
    fact: command('cmdCancel'),
    then: unpaid,
    asks: ['agent: cancelRequest'],
    claim: 'release',
    keeps: { why: 'Cancelled before anything was paid.' },
  },
  {
    rule: 'A7 no invoice within the lease: over',
    in: { escrow: 'awaitingInvoice' },
    fact: due('escrow.lease'),
    then: unpaid,
    claim: 'release',
    keeps: { why: 'The payee gave no invoice within the lease.' },
  },
  {
    rule: "S13 the payee's report is compared with our own payment",
    in: {},
    fact: (d, tip) =>
      says('taker', { type: 'accepted', hash: d.escrowHash ?? ('' as PaymentHash), ...said })(d, tip),
    asks: ['read expiry'],
    keeps: { accepted: said },
  },
  {
    rule: 'S13 a report on another hash is no report',
    in: {},
    fact: says('taker', { type: 'accepted', hash: '99'.repeat(32) as PaymentHash, ...said }),
    waits: true,
  },
  {
    rule: 'S13 S49 S52 both expiries are equal: the agent is told, and the height is kept',
    in: {},
    has: { accepted: said },
    fact: expiries(said.E, 1700),
    asks: ['agent: payerExpiry'],
    keeps: { payerExpiry: said.E, lockedUntil: 1700 },
  },
  {
    rule: 'S49 the expiries differ: it leaves, and asks for a cancel',
    in: {},
    has: { accepted: said },
    fact: expiries(said.E + 1, 1700),
    then: { escrow: 'leaving' },
    asks: ['agent: cancelRequest'],
    keeps: { why: 'The payee reported another expiry than our payment has.', left: true },
  },
  {
    rule: 'S49 locked with other heights than agreed: it leaves, and asks for a cancel',
    in: {},
    has: { payerExpiry: said.E },
    fact: locked({ A: height(1200) }),
    then: { escrow: 'leaving' },
    asks: ['agent: cancelRequest'],
    keeps: { why: 'The window of the hold is too short or not as agreed.', left: true },
  },
  {
    rule: 'S13 S49 locked as agreed, at a height two blocks ahead of our tip: the account is told',
    in: {},
    has: { payerExpiry: said.E },
    tip: () => 998,
    fact: locked({}, 1000),
    then: { escrow: 'held', deal: 'locked', engine: 'locked' },
    asks: ['taker: fiatDetails'],
    keeps: { locked: { h: 1000, E: said.E, A: 1609 } },
  },
  {
    rule: 'S49 locked at a height three blocks ahead of our tip: it leaves',
    in: {},
    has: { payerExpiry: said.E },
    tip: () => 997,
    fact: locked({}, 1000),
    then: { escrow: 'leaving' },
    asks: ['agent: cancelRequest'],
  },
  {
    rule: 'A7 why it was cancelled is kept; the payment decides',
    in: {},
    fact: says('taker', CANCELLED),
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'A7 why it was ruled so is kept; the payment decides',
    in: {},
    fact: says('agent', ruling('payer', 'lease')),
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S49 left: why it was ruled so is kept unless it left for a reason of its own',
    in: { escrow: 'leaving' },
    fact: says('agent', ruling('payer', 'lease')),
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S49 left: its own reason stands',
    in: { escrow: 'leaving' },
    has: { left: true, why: 'Left.' },
    fact: says('agent', ruling('payer', 'lease')),
    keeps: { why: 'Left.' },
  },
  {
    rule: 'S49 left: that it was cancelled says nothing new',
    in: { escrow: 'leaving' },
    fact: says('taker', CANCELLED),
  },
  {
    rule: 'A7 unpaid: the host says why it let the payment fail',
    in: { escrow: 'unpaid' },
    fact: says('taker', CANCELLED),
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'A7 unpaid, because the payment got nowhere: that stays the reason',
    in: { escrow: 'unpaid' },
    has: { why: 'The payment failed: NO_ROUTE.', left: true },
    fact: says('taker', CANCELLED),
    keeps: { why: 'The payment failed: NO_ROUTE.' },
  },
  {
    rule: 'A7 unpaid: a late ruling says why',
    in: { escrow: 'unpaid' },
    fact: says('agent', ruling('payer', 'lease')),
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S49 locked with another expiry than our payment has: it leaves',
    in: {},
    has: { payerExpiry: height(1) },
    fact: locked(),
    then: { escrow: 'leaving' },
    asks: ['agent: cancelRequest'],
  },
  {
    rule: 'A11 a cancel is asked of the agent; until it answers the payment goes on',
    in: {},
    fact: command('cmdCancel'),
    asks: ['agent: cancelRequest'],
  },
  {
    rule: 'S3 the payment failed: nothing was paid, and the order is open again',
    in: {},
    fact: failed,
    then: unpaid,
    claim: 'release',
    keeps: { why: 'The payment failed: NO_ROUTE.', left: true },
  },
  {
    rule: 'S3 the payment failed because of what was said before: that is the reason',
    in: {},
    has: { why: 'Said before.' },
    fact: failed,
    then: unpaid,
    claim: 'release',
    keeps: { why: 'Said before.' },
  },
  {
    rule: 'S4 our node refuses to pay: nothing was paid, the agent is told to cancel',
    in: {},
    fact: refused,
    then: unpaid,
    asks: ['agent: cancelRequest'],
    claim: 'release',
    keeps: { why: 'Refused: too late.', left: true },
  },
  {
    rule: 'S48 S60 settled before anybody locked it: endangered, and shown as such',
    in: {},
    fact: paid,
    then: endangered,
    keeps: { why: WITHOUT_RELEASE },
  },
  {
    rule: 'S49 left, and the payment has failed: over',
    in: { escrow: 'leaving' },
    fact: failed,
    then: unpaid,
    claim: 'release',
  },
  {
    rule: 'S48 left, and the payment was settled all the same: endangered',
    in: { escrow: 'leaving' },
    fact: paid,
    then: endangered,
    keeps: { why: WITHOUT_RELEASE },
  },
];

describe('PEER_HELD, the payer, before locked', () => {
  const trade = beforePayment('sell', 'PEER_HELD');
  test.each(UNLOCKED.map((one) => [one.rule, one] as const))('%s', (_, one) =>
    expectStep(trade, 'maker', one),
  );
});
