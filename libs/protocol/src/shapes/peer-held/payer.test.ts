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
  notice,
  paid,
  refused,
  ruling,
  says,
  told,
} from '../../testing/cases.js';
import { beforePayment, fiatSent } from '../../testing/steps.js';
import type { PaymentHash, PaymentRequest } from '../../units.js';
import { height, msat } from '../../units.js';

const RELEASE = ['agent: release', 'taker: release'];
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
  { rule: 'A7 unpaid: a late cancel', in: { escrow: 'unpaid' }, fact: says('taker', CANCELLED) },
  {
    rule: 'A7 unpaid: a late ruling',
    in: { escrow: 'unpaid' },
    fact: says('agent', ruling('payer', 'lease')),
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
    keeps: { why: 'The payment failed: NO_ROUTE.' },
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

const refunded = { escrow: 'refunded', engine: 'refunded' };
const taken = { escrow: 'taken', engine: 'endangered' };
const releasing = { escrow: 'releasing', engine: 'releasing' };
const released = { escrow: 'released', engine: 'done' };
const OWED = ['taker: obligation 1'];

const LOCKED: StepCase[] = [
  {
    rule: 'A9 a release goes to the agent, who acts on it, and to the payee, as its proof',
    in: { engine: 'releasing' },
    fact: told('releaseEscrow'),
    then: { escrow: 'releasing' },
    asks: RELEASE,
  },
  {
    rule: 'S45 the default for the payee is a release',
    in: {},
    fact: says('agent', ruling('payee', 'default')),
    then: { escrow: 'releasing' },
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S9 a ruling for the payer: the payment still has to come back',
    in: {},
    fact: says('agent', ruling('payer', 'deadline')),
    then: { escrow: 'refundSaid' },
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S56 the payment comes back and nobody has ruled: over, unless somebody rules',
    in: {},
    fact: failed,
    then: { escrow: 'lapsed', engine: 'refunded' },
  },
  {
    rule: 'S48 S60 settled without a release: endangered',
    in: {},
    fact: paid,
    then: taken,
    keeps: { why: WITHOUT_RELEASE },
  },
  {
    rule: "S8 the payee's word that it cancelled is kept; the payment decides",
    in: {},
    fact: says('taker', CANCELLED),
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'S8 S9 refund said, and the payment is back: refunded',
    in: { escrow: 'refundSaid' },
    fact: failed,
    then: refunded,
  },
  {
    rule: 'S48 S60 refund said, and the payment was settled all the same: endangered',
    in: { escrow: 'refundSaid' },
    fact: paid,
    then: taken,
    keeps: { why: WITHOUT_RELEASE },
  },
  { rule: 'S8 released when the payment has gone through', in: releasing, fact: paid, then: released },
  {
    rule: 'S56 released, and the payment has failed: the price is owed',
    in: releasing,
    fact: failed,
    then: { escrow: 'owing', debt: 'owed' },
    asks: OWED,
  },
  {
    rule: 'A11 released, and the performer itself gave up: nothing is owed',
    in: releasing,
    fact: says('agent', ruling('payer', 'cancel')),
    then: { escrow: 'refundSaid' },
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S20 released: another ruling for the payer comes too late',
    in: releasing,
    fact: says('agent', ruling('payer', 'deadline')),
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S20 released: a ruling for the payee says nothing new',
    in: releasing,
    fact: says('agent', ruling('payee', 'default')),
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S56 what was owed is paid: released',
    in: { escrow: 'owing', engine: 'releasing', debt: 'paid' },
    fact: told('debtPaid'),
    then: released,
  },
  {
    rule: 'A9 settled without a release, and released afterwards: all is well',
    in: taken,
    fact: told('releaseEscrow'),
    then: released,
    asks: RELEASE,
  },
  {
    rule: 'S45 settled before the default was heard of: all is well',
    in: taken,
    fact: says('agent', ruling('payee', 'default')),
    then: released,
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S48 settled, and ruled for the payer: still endangered',
    in: taken,
    fact: says('agent', ruling('payer', 'deadline')),
    keeps: { why: 'Ruled so.' },
  },
  { rule: 'S56 settled, and paid back: refunded', in: taken, fact: told('claimPaid'), then: refunded },
  {
    rule: 'S56 the hold is gone, and the default is for the payee: the price is owed',
    in: { escrow: 'lapsed', engine: 'refunded' },
    fact: says('agent', ruling('payee', 'default')),
    then: { escrow: 'owing', debt: 'owed' },
    asks: OWED,
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S9 the hold is gone, and ruled for the payer: refunded',
    in: { escrow: 'lapsed', engine: 'refunded' },
    fact: says('agent', ruling('payer', 'deadline')),
    then: { escrow: 'refunded' },
    keeps: { why: 'Ruled so.' },
  },
];

/** Words that come late, while another machine is still at work: taken, so that the sender isn't held up. */
const LATE: StepCase[] = [
  {
    rule: 'S9 refund said: why it was cancelled is kept',
    in: { escrow: 'refundSaid' },
    fact: says('taker', CANCELLED),
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'S56 releasing: that it was cancelled is for the payment to say',
    in: releasing,
    fact: says('taker', CANCELLED),
  },
  {
    rule: 'A9 releasing: that it was settled is for the payment to say',
    in: releasing,
    fact: says('taker', notice('settled')),
  },
  {
    rule: 'S48 settled before `locked` came: its heights are kept',
    in: { escrow: 'taken', engine: 'endangered' },
    has: { locked: undefined },
    fact: locked(),
    keeps: { locked: { h: 1000 } },
  },
  {
    rule: 'S48 settled before a `locked` that does not fit: not kept',
    in: { escrow: 'taken', engine: 'endangered' },
    fact: locked({ A: height(1200) }),
    waits: true,
  },
  { rule: 'S48 taken: that it was settled is known', in: taken, fact: says('taker', notice('settled')) },
  {
    rule: 'S9 lapsed: why it was cancelled is kept',
    in: { escrow: 'lapsed', engine: 'refunded' },
    fact: says('taker', CANCELLED),
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'A9 released: that it was settled is known',
    in: { escrow: 'released', engine: 'releasing' },
    fact: says('taker', notice('settled')),
  },
  {
    rule: 'S20 released: a ruling changes nothing',
    in: { escrow: 'released', engine: 'releasing' },
    fact: says('agent', ruling('payer', 'deadline')),
  },
  {
    rule: 'S9 refunded: a ruling gives the reason where none is known',
    in: refunded,
    fact: says('agent', ruling('payer', 'deadline')),
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S9 refunded: a cancel gives the reason where none is known',
    in: refunded,
    fact: says('taker', CANCELLED),
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'S9 refunded: the first reason stands',
    in: refunded,
    has: { why: 'Said before.' },
    fact: says('taker', CANCELLED),
    keeps: { why: 'Said before.' },
  },
];

describe('PEER_HELD, the payer, before locked', () => {
  const trade = beforePayment('sell', 'PEER_HELD');
  test.each(UNLOCKED.map((one) => [one.rule, one] as const))('%s', (_, one) =>
    expectStep(trade, 'maker', one),
  );
});

describe('PEER_HELD, the payer, from locked on', () => {
  const trade = fiatSent('sell', 'PEER_HELD');
  test.each([...LOCKED, ...LATE].map((one) => [one.rule, one] as const))('%s', (_, one) =>
    expectStep(trade, 'maker', one),
  );
});
