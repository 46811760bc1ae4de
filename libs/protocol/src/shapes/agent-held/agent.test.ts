import { describe, test } from '@jest/globals';
import type { StepCase } from '../../testing/cases.js';
import { accepted, cancelled, due, expectStep, says, settled, told, withLine } from '../../testing/cases.js';
import { beforePayment, fiatSent } from '../../testing/steps.js';

const A = (d: { locked?: { A: number } }): number => d.locked?.A ?? 0;
const leaseEnd = (d: { leaseEnd?: number }): number => d.leaseEnd ?? 0;
const acceptedInTime: StepCase['fact'] = (d) => accepted(d, leaseEnd(d) - 4);
const refund = told('refundEscrow', { why: 'Given up.', by: 'cancel' });
const RULED = ['maker: ruling for payer by cancel', 'taker: ruling for payer by cancel'];
const DEFAULT_PAYEE = ['maker: ruling for payee by default', 'taker: ruling for payee by default'];
const DEFAULT_PAYER = ['maker: ruling for payer by default', 'taker: ruling for payer by default'];
const CANCELLED = ['maker: cancelled', 'taker: cancelled'];
const RELEASED = ['maker: notice released', 'taker: notice released'];
const notSent = { fiatSent: false };

/** Before the hold counts. */
const OPEN: StepCase[] = [
  {
    rule: 'A11 a cancel before the hold was paid cancels it, and the node decides',
    in: {},
    fact: says('taker', { type: 'cancelRequest', confirmed: true }),
    then: { escrow: 'unlocking' },
    asks: ['cancel'],
    keeps: { why: 'Cancelled before the hold was paid.' },
  },
  {
    rule: 'A7 an invoice that ran out ends the deal, and both are told',
    in: {},
    fact: cancelled,
    then: { escrow: 'unlocked', deal: 'lapsed' },
    asks: CANCELLED,
    keeps: { why: 'The hold invoice ran out.' },
  },
  {
    rule: 'S13 the lease ends: the hold is cancelled',
    in: {},
    fact: due('escrow.lease'),
    then: { escrow: 'unlocking' },
    asks: ['cancel'],
    keeps: { why: 'The hold was not paid within the lease.' },
  },
  {
    rule: 'S13 S58 held in time and heard of two blocks before the lease ends: locked',
    in: {},
    tip: (d) => leaseEnd(d) - 2,
    fact: acceptedInTime,
    then: { escrow: 'held', deal: 'locked', engine: 'locked' },
    asks: ['maker: locked', 'taker: locked'],
  },
  {
    rule: 'S13 S58 held in time and heard of a block later, after an outage: cancelled, never locked',
    in: {},
    tip: (d) => leaseEnd(d) - 1,
    fact: acceptedInTime,
    then: { escrow: 'unlocking' },
    asks: ['cancel'],
    keeps: { why: 'The payment was seen too late to be locked within the lease.' },
  },
  {
    rule: 'S13 what is paid while the hold is being cancelled is cancelled, and never locked',
    in: { escrow: 'unlocking' },
    fact: accepted,
    asks: ['cancel'],
  },
  {
    rule: 'S9 only when the node says so it is over',
    in: { escrow: 'unlocking' },
    fact: cancelled,
    then: { escrow: 'unlocked', deal: 'lapsed' },
    asks: CANCELLED,
  },
];

/** From `locked` on; fiat is sent unless the case says otherwise. */
const HELD: StepCase[] = [
  {
    rule: 'S5 a release at A - 51 is paid first',
    in: { engine: 'releasing' },
    tip: (d) => A(d) - 51,
    fact: told('releaseEscrow'),
    then: { escrow: 'payingFirst', debt: 'recording' },
    asks: ['record 1'],
  },
  {
    rule: 'S5 S7 a release at A - 50 is settled first: no way back',
    in: { engine: 'releasing' },
    tip: (d) => A(d) - 50,
    fact: told('releaseEscrow'),
    then: { escrow: 'settlingFirst' },
    asks: ['settle with own'],
    keeps: { settling: true },
  },
  {
    rule: 'S6 S9 a refund cancels the hold, and both are told why',
    in: { engine: 'refunding' },
    fact: refund,
    then: { escrow: 'refunding' },
    asks: ['cancel', ...RULED],
    keeps: { why: 'Given up.' },
  },
  {
    rule: 'S45 S7 at A - 24 the hold is settled into custody',
    in: {},
    fact: due('escrow.forcedSettle'),
    then: { escrow: 'takingCustody' },
    asks: ['settle with own'],
    keeps: { settling: true },
  },
  {
    rule: 'S45 S56 the node lost the hold after fiat was sent: it is not over, and the payer hears of it',
    in: {},
    fact: cancelled,
    then: { escrow: 'lostPerformed' },
    asks: ['maker: cancelled'],
    keeps: { why: 'The node cancelled the hold by itself: it was not settled in time.' },
  },
  {
    rule: 'S56 the node lost the hold, and word of the fiat may lie in an outbox: it is not over',
    in: { engine: 'performing' },
    has: notSent,
    fact: cancelled,
    then: { escrow: 'lostPerformed' },
    asks: ['maker: cancelled'],
  },
  {
    rule: 'S56 the node lost the hold before anybody could pay: the payer has it back, and the trade ends',
    in: { engine: 'locked' },
    has: { ...notSent, performingUntil: undefined },
    fact: cancelled,
    then: { escrow: 'lost', engine: 'refunded' },
    asks: CANCELLED,
    keeps: { why: 'The node cancelled the hold by itself: it was not settled in time.' },
  },
  {
    rule: 'S6 S7 the payout has arrived: the hold is settled',
    in: { escrow: 'payingFirst', engine: 'releasing' },
    fact: told('debtPaid'),
    then: { escrow: 'settlingPaid' },
    asks: ['settle with own'],
    keeps: { settling: true },
  },
  {
    rule: 'S54 S7 a held HTLC went on chain: settled before anything is paid',
    in: { escrow: 'payingFirst', engine: 'releasing' },
    fact: told('debtBlocked', { why: 'On chain.' }),
    then: { escrow: 'settlingFirst' },
    asks: ['settle with own'],
    keeps: { settling: true },
  },
  {
    rule: 'S5 S45 no try fits any more: settled without waiting for the payout',
    in: { escrow: 'payingFirst', engine: 'releasing' },
    fact: due('escrow.payoutTooLate'),
    then: { escrow: 'settlingUnpaid' },
    asks: ['settle with own'],
    keeps: { settling: true },
  },
  {
    rule: 'S45 S56 the hold is lost while the payout is on its way: it is still owed',
    in: { escrow: 'payingFirst', engine: 'releasing', debt: 'paying' },
    fact: cancelled,
    then: { escrow: 'owing' },
    keeps: { why: 'The node cancelled the hold by itself: it was not settled in time.' },
  },
  {
    rule: 'S8 paid and settled: released, and both are told',
    in: { escrow: 'settlingPaid', engine: 'releasing', debt: 'paid' },
    fact: settled,
    then: { escrow: 'released', engine: 'released' },
    asks: RELEASED,
  },
  {
    rule: 'S56 paid, and the hold is lost: the payee has its sats, the loss is ours',
    in: { escrow: 'settlingPaid', engine: 'releasing', debt: 'paid' },
    fact: cancelled,
    then: { escrow: 'released', engine: 'released' },
    asks: RELEASED,
    keeps: { why: 'The node cancelled the hold by itself: it was not settled in time.' },
  },
  {
    rule: 'S8 the payout arrives while the hold is being settled: the node has the last word',
    in: { escrow: 'settlingUnpaid', engine: 'releasing', debt: 'paid' },
    fact: told('debtPaid'),
    then: { escrow: 'settlingPaid' },
  },
  {
    rule: 'S54 the payout is blocked while the hold is being settled: paid after it',
    in: { escrow: 'settlingUnpaid', engine: 'releasing' },
    fact: told('debtBlocked', { why: 'On chain.' }),
    then: { escrow: 'settlingFirst' },
  },
  {
    rule: 'S45 settled before the payout arrived: it is owed',
    in: { escrow: 'settlingUnpaid', engine: 'releasing', debt: 'paying' },
    fact: settled,
    then: { escrow: 'owing' },
  },
  {
    rule: 'S56 lost before the payout arrived: it is owed',
    in: { escrow: 'settlingUnpaid', engine: 'releasing', debt: 'paying' },
    fact: cancelled,
    then: { escrow: 'owing' },
    keeps: { why: 'The node cancelled the hold by itself: it was not settled in time.' },
  },
  {
    rule: 'S8 settled first: now it is owed and paid',
    in: { escrow: 'settlingFirst', engine: 'releasing' },
    fact: settled,
    then: { escrow: 'owing', debt: 'recording' },
    asks: ['record 1'],
  },
  {
    rule: 'S56 the settle came too late: owed all the same',
    in: { escrow: 'settlingFirst', engine: 'releasing' },
    fact: cancelled,
    then: { escrow: 'owing', debt: 'recording' },
    asks: ['record 1'],
    keeps: { why: 'The node cancelled the hold by itself: it was not settled in time.' },
  },
  {
    rule: 'S45 what was owed is paid: released, and both are told',
    in: { escrow: 'owing', engine: 'releasing', debt: 'paid' },
    fact: told('debtPaid'),
    then: { escrow: 'released', engine: 'released' },
    asks: RELEASED,
  },
  {
    rule: 'S54 refused because of a hold that has ended since: owed again',
    in: { escrow: 'owing', engine: 'releasing' },
    fact: told('debtBlocked', { why: 'On chain.' }),
    then: { debt: 'recording' },
    asks: ['record 1'],
  },
  {
    rule: 'S8 S45 custody begins when the node says settled, and both are told',
    in: { escrow: 'takingCustody' },
    has: { custodyUntil: 4000 as never },
    fact: settled,
    then: { escrow: 'custody' },
    asks: ['maker: custody', 'taker: custody'],
  },
  {
    rule: 'A9 a release while custody begins is paid once the hold is settled',
    in: { escrow: 'takingCustody', engine: 'releasing' },
    fact: told('releaseEscrow'),
    then: { escrow: 'settlingFirst' },
  },
  {
    rule: 'S45 a refund while custody begins waits for the node: settled or not',
    in: { escrow: 'takingCustody', engine: 'refunding' },
    fact: refund,
    then: { escrow: 'refundingFromCustody' },
    asks: RULED,
    keeps: { why: 'Given up.' },
  },
  {
    rule: 'S45 S56 the hold is lost while custody begins, after fiat was sent',
    in: { escrow: 'takingCustody' },
    fact: cancelled,
    then: { escrow: 'lostPerformed' },
    asks: ['maker: cancelled'],
    keeps: { why: 'The node cancelled the hold by itself: it was not settled in time.' },
  },
  {
    rule: 'S56 the hold is lost while custody begins, before anybody could pay',
    in: { escrow: 'takingCustody', engine: 'locked' },
    has: { ...notSent, performingUntil: undefined },
    fact: cancelled,
    then: { escrow: 'lost', engine: 'refunded' },
    asks: CANCELLED,
    keeps: { why: 'The node cancelled the hold by itself: it was not settled in time.' },
  },
  {
    rule: 'S56 released after the hold was lost: owed by us',
    in: { escrow: 'lostPerformed', engine: 'releasing' },
    fact: told('releaseEscrow'),
    then: { escrow: 'owing', debt: 'recording' },
    asks: ['record 1'],
  },
  {
    rule: 'S9 refunded after the hold was lost: nothing is left to give back',
    in: { escrow: 'lostPerformed', engine: 'refunding' },
    fact: refund,
    then: { escrow: 'refunded', engine: 'refunded' },
    asks: RULED,
    keeps: { why: 'Given up.' },
  },
  {
    rule: 'S56 nobody decided, the hold lost, fiat sent: the default owes the payee',
    in: { escrow: 'lostPerformed' },
    fact: due('escrow.decideBy'),
    then: { escrow: 'owing', debt: 'recording' },
    asks: [...DEFAULT_PAYEE, 'record 1'],
  },
  {
    rule: 'S47 S56 nobody decided, the hold lost: we were away in the grace and have not heard the payee: it begins anew',
    in: { engine: 'performing', escrow: 'lostPerformed' },
    has: notSent,
    fact: due('escrow.decideBy', (d) => (d.performingUntil ?? 0) + 1),
    keeps: { graceFrom: 1174 },
  },
  {
    rule: 'S47 S56 custody ends: we were away in the grace and have not heard the payee: it begins anew',
    in: { engine: 'performing', escrow: 'custody' },
    has: notSent,
    fact: due('escrow.custodyEnd', (d) => (d.performingUntil ?? 0) + 1),
    keeps: { graceFrom: 1174 },
  },
  {
    rule: 'S56 nobody decided, the hold lost, no fiat sent: the payer keeps what it has back',
    in: { escrow: 'lostPerformed' },
    has: notSent,
    fact: due('escrow.decideBy'),
    then: { escrow: 'refunded', engine: 'refunded' },
    asks: DEFAULT_PAYER,
  },
  {
    rule: 'S45 a release from custody is paid',
    in: { escrow: 'custody', engine: 'releasing' },
    fact: told('releaseEscrow'),
    then: { escrow: 'owing', debt: 'recording' },
    asks: ['record 1'],
  },
  {
    rule: 'S45 a refund from custody is owed to the payer, on an invoice of its own',
    in: { escrow: 'custody', engine: 'refunding' },
    fact: refund,
    then: { escrow: 'repaying', debt: 'owed' },
    asks: [...RULED, 'maker: obligation 1'],
    keeps: { why: 'Given up.' },
  },
  {
    rule: 'S45 custody ends: the default pays the payee once fiat was sent',
    in: { escrow: 'custody' },
    fact: due('escrow.custodyEnd'),
    then: { escrow: 'owing', debt: 'recording' },
    asks: [...DEFAULT_PAYEE, 'record 1'],
  },
  {
    rule: 'S45 custody ends without fiat sent: the payer is paid back',
    in: { escrow: 'custody' },
    has: notSent,
    fact: due('escrow.custodyEnd'),
    then: { escrow: 'repaying', debt: 'owed' },
    asks: [...DEFAULT_PAYER, 'maker: obligation 1'],
  },
  {
    rule: 'S45 refunded while custody began, and the hold is settled: owed to the payer',
    in: { escrow: 'refundingFromCustody', engine: 'refunding' },
    fact: settled,
    then: { escrow: 'repaying', debt: 'owed' },
    asks: ['maker: obligation 1'],
  },
  {
    rule: 'S9 refunded while custody began, and the hold is cancelled: the payer has it back',
    in: { escrow: 'refundingFromCustody', engine: 'refunding' },
    fact: cancelled,
    then: { escrow: 'refunded', engine: 'refunded' },
  },
  {
    rule: 'S9 paid back: refunded',
    in: { escrow: 'repaying', engine: 'refunding', debt: 'paid' },
    fact: told('debtPaid'),
    then: { escrow: 'refunded', engine: 'refunded' },
  },
  {
    rule: 'S8 still held after a cancel: cancelled again',
    in: { escrow: 'refunding', engine: 'refunding' },
    has: withLine('escrow', 'live'),
    fact: accepted,
    asks: ['cancel'],
  },
  {
    rule: 'S8 S9 refunded when the node says so, and both are told',
    in: { escrow: 'refunding', engine: 'refunding' },
    fact: cancelled,
    then: { escrow: 'refunded', engine: 'refunded' },
    asks: CANCELLED,
  },
];

describe('AGENT_HELD, the agent, before the hold counts', () => {
  const trade = beforePayment('sell', 'AGENT_HELD');
  test.each(OPEN.map((one) => [one.rule, one] as const))('%s', (_, one) => expectStep(trade, 'agent', one));
});

describe('AGENT_HELD, the agent, from locked on', () => {
  const trade = fiatSent('sell', 'AGENT_HELD');
  test.each(HELD.map((one) => [one.rule, one] as const))('%s', (_, one) => expectStep(trade, 'agent', one));
});
