import { describe, test } from '@jest/globals';
import type { Body } from '../../messages/bodies.js';
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
import { height, msat } from '../../units.js';

const external = { externalWallet: true };
const BAD_WINDOW = 'The window of the hold is too short or not as agreed. The sats come back.';
const RELEASE = ['agent: release', 'taker: release'];
const wrongA = { A: height(1200) };
/** The order is open again. */
const lapsed = { escrow: 'unpaid', deal: 'lapsed' };

const LOCKS: StepCase[] = [
  { escrow: 'paying', has: {}, asks: ['read expiry', 'taker: fiatDetails'] },
  { escrow: 'payingElsewhere', has: external, asks: ['taker: fiatDetails'] },
].flatMap(({ escrow, has, asks }): StepCase[] => [
  {
    rule: `S13 S49 ${escrow}: locked as agreed, at a height two blocks ahead of our tip: the account is told`,
    in: { escrow },
    has,
    tip: () => 998,
    fact: locked({}, 1000),
    then: { escrow: 'secured', deal: 'locked', engine: 'locked' },
    asks,
    keeps: { locked: { h: 1000, E: 1435, A: 1417 } },
  },
  {
    rule: `S49 ${escrow}: locked at a height three blocks ahead of our tip: it leaves`,
    in: { escrow },
    has,
    tip: () => 997,
    fact: locked({}, 1000),
    then: { escrow: 'leaving' },
    asks: ['agent: cancelRequest'],
  },
]);

const UNLOCKED: StepCase[] = [
  {
    rule: 'A7 why it was cancelled is kept; the payment decides',
    in: {},
    fact: says('agent', CANCELLED),
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'S4 its own reason not to pay stands',
    in: {},
    has: { left: true, why: 'Left.' },
    fact: says('agent', CANCELLED),
    keeps: { why: 'Left.' },
  },
  {
    rule: 'A7 unpaid: why it was cancelled is kept',
    in: { escrow: 'unpaid' },
    fact: says('agent', CANCELLED),
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'S49 locked with other heights than agreed: it leaves, and asks for a cancel',
    in: {},
    fact: locked(wrongA),
    then: { escrow: 'leaving' },
    asks: ['agent: cancelRequest'],
    keeps: { why: BAD_WINDOW, left: true },
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
    then: lapsed,
    claim: 'release',
    keeps: { why: 'The payment failed: NO_ROUTE.' },
  },
  {
    rule: 'S45 S48 settled before anybody locked it: endangered, and shown as such',
    in: {},
    fact: paid,
    then: { escrow: 'settledEarly', deal: 'locked', engine: 'endangered' },
    keeps: {
      why: 'The hold was settled without your release. Until the agent announces custody, keep "tercet evidence ID".',
    },
  },
  {
    rule: 'S4 our node refuses to pay: nothing was paid, the agent is told to cancel',
    in: {},
    fact: refused,
    then: lapsed,
    asks: ['agent: cancelRequest'],
    claim: 'release',
    keeps: { why: 'Refused: too late.', left: true },
  },
  {
    rule: 'S49 a wallet of its own, locked with other heights: it leaves',
    in: { escrow: 'payingElsewhere' },
    has: external,
    fact: locked(wrongA),
    then: { escrow: 'leaving' },
    asks: ['agent: cancelRequest'],
    keeps: { why: BAD_WINDOW, left: true },
  },
  {
    rule: 'A7 a wallet of its own, and the agent cancels: over',
    in: { escrow: 'payingElsewhere' },
    has: external,
    fact: says('agent', CANCELLED),
    then: lapsed,
    claim: 'release',
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'A11 a wallet of its own: a cancel is asked of the agent',
    in: { escrow: 'payingElsewhere' },
    has: external,
    fact: command('cmdCancel'),
    asks: ['agent: cancelRequest'],
  },
  {
    rule: 'S59 a wallet of its own, not locked in time: over, and cancelled if it was paid',
    in: { escrow: 'payingElsewhere' },
    has: external,
    fact: due('escrow.overdue'),
    then: lapsed,
    asks: ['agent: cancelRequest'],
    claim: 'release',
    keeps: { why: 'The hold was not locked within the lease. What your wallet paid comes back.' },
  },
  {
    rule: 'S49 left, and the payment has failed: over',
    in: { escrow: 'leaving' },
    fact: failed,
    then: lapsed,
    claim: 'release',
  },
  {
    rule: 'S48 left, and the payment was settled all the same: endangered',
    in: { escrow: 'leaving' },
    fact: paid,
    then: { escrow: 'settledEarly', deal: 'locked', engine: 'endangered' },
  },
  {
    rule: 'S52 left, and a wallet that can not be read has it back by then',
    in: { escrow: 'leaving' },
    has: external,
    fact: due('escrow.walletFree'),
    then: lapsed,
    claim: 'release',
  },
  {
    rule: "S49 left, and the agent cancels: a wallet that can't be read goes by its word",
    in: { escrow: 'leaving' },
    has: external,
    fact: says('agent', CANCELLED),
    then: lapsed,
    claim: 'release',
  },
  {
    rule: "S49 left, and the agent rules: a wallet that can't be read goes by its word",
    in: { escrow: 'leaving' },
    has: external,
    fact: says('agent', ruling('payer', 'cancel')),
    then: lapsed,
    claim: 'release',
  },
  {
    rule: "S8 left: our own node decides, and no word of the agent's",
    in: { escrow: 'leaving' },
    waits: true,
    fact: says('agent', CANCELLED),
  },
  {
    rule: "S8 left: our own node decides, and no ruling of the agent's",
    in: { escrow: 'leaving' },
    waits: true,
    fact: says('agent', ruling('payer', 'cancel')),
  },
];

const LOCKED: StepCase[] = [
  {
    rule: 'S8 the payment failed: refunded',
    in: {},
    fact: failed,
    then: { escrow: 'refunded', engine: 'refunded' },
  },
  {
    rule: "S9 a wallet that can't be read has the agent's word for it that the hold is gone",
    in: {},
    has: external,
    fact: says('agent', CANCELLED),
    then: { escrow: 'refunded', engine: 'refunded' },
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: "S8 our own node decides, not the agent's word",
    in: {},
    fact: says('agent', CANCELLED),
    waits: true,
  },
  {
    rule: 'S8 refund said, and the payment has failed: refunded',
    in: { escrow: 'refundSaid' },
    fact: failed,
    then: { escrow: 'refunded', engine: 'refunded' },
  },
  {
    rule: "S9 refund said to a wallet that can't be read: over by the agent's word",
    in: { escrow: 'refundSaid' },
    has: external,
    fact: says('agent', CANCELLED),
    then: { escrow: 'refunded', engine: 'refunded' },
  },
  {
    rule: 'S8 refund said: over when our own node has it back',
    in: { escrow: 'refundSaid' },
    waits: true,
    fact: says('agent', CANCELLED),
  },
  {
    rule: 'S45 refund said, and it comes as a payment out of custody',
    in: { escrow: 'refundSaid' },
    fact: told('claimPaid'),
    then: { escrow: 'refunded', engine: 'refunded' },
  },
  {
    rule: 'S8 released when the payment has gone through',
    in: { escrow: 'releasing', engine: 'releasing' },
    fact: paid,
    then: { escrow: 'released', engine: 'done' },
  },
  {
    rule: "A9 a wallet that can't be read: released by the agent's word",
    in: { escrow: 'releasing', engine: 'releasing' },
    has: external,
    fact: says('agent', notice('released')),
    then: { escrow: 'released', engine: 'done' },
  },
  {
    rule: 'A9 another notice is no release',
    in: { escrow: 'releasing', engine: 'releasing' },
    waits: true,
    has: external,
    fact: says('agent', notice('settled')),
  },
  {
    rule: 'S8 our own payment says whether it is released',
    in: { escrow: 'releasing', engine: 'releasing' },
    waits: true,
    fact: says('agent', notice('released')),
  },
  {
    rule: 'S8 released, and the payment failed: the sats are back',
    in: { escrow: 'releasing', engine: 'releasing' },
    fact: failed,
    then: { escrow: 'refunded', engine: 'refunded' },
  },
  {
    rule: 'A9 settled before a release: released all the same, agent and payee have it in writing',
    in: { escrow: 'settledEarly', engine: 'endangered' },
    fact: told('releaseEscrow'),
    then: { escrow: 'releasingCustody' },
    asks: RELEASE,
  },
  {
    rule: 'A9 a release from custody: agent and payee have it in writing',
    in: { escrow: 'custody', engine: 'releasing' },
    fact: told('releaseEscrow'),
    then: { escrow: 'releasingCustody' },
    asks: RELEASE,
  },
  {
    rule: 'S45 the refund out of custody has arrived',
    in: { escrow: 'custody' },
    fact: told('claimPaid'),
    then: { escrow: 'refunded', engine: 'refunded' },
  },
  {
    rule: 'S45 custody ends: the payee was paid',
    in: { escrow: 'custody', engine: 'releasing' },
    fact: says('agent', notice('released')),
    then: { escrow: 'released', engine: 'done' },
  },
  {
    rule: 'S45 in custody another notice ends nothing',
    in: { escrow: 'custody' },
    waits: true,
    fact: says('agent', notice('settled')),
  },
  {
    rule: 'A9 released from custody: over when the payee was paid',
    in: { escrow: 'releasingCustody', engine: 'releasing' },
    fact: says('agent', notice('released')),
    then: { escrow: 'released', engine: 'done' },
  },
  {
    rule: 'A9 released from custody: another notice ends nothing',
    in: { escrow: 'releasingCustody', engine: 'releasing' },
    waits: true,
    fact: says('agent', notice('settled')),
  },
  {
    rule: 'S45 released from custody, but a refund was recorded first: it has arrived',
    in: { escrow: 'releasingCustody', engine: 'releasing' },
    fact: told('claimPaid'),
    then: { escrow: 'refunded', engine: 'refunded' },
  },
];

const custody: Body = { type: 'custody', amountMsat: msat(1), untilHeight: height(4000) };
const forUs = says('agent', ruling('payer', 'cancel'));
const forThem = says('agent', ruling('payee', 'default'));
const why = { why: 'Ruled so.' };
const releasing = { escrow: 'releasing', engine: 'releasing' };
const early = { escrow: 'settledEarly', engine: 'endangered' };
const toCustody = { then: { escrow: 'custody' }, keeps: { custodyUntil: 4000 } };

/** What the agent says of the hold, and what our own node says of the payment, in whichever order they come. */
const WORDS: StepCase[] = [
  {
    rule: 'S9 a ruling for us: the payment still has to come back',
    in: {},
    fact: forUs,
    then: { escrow: 'refundSaid' },
    keeps: why,
  },
  { rule: 'S45 a ruling for the payee is no refund', in: {}, fact: forThem, waits: true },
  {
    rule: 'S45 settled without a release: endangered until custody is announced',
    in: {},
    fact: paid,
    then: { escrow: 'settledEarly', engine: 'endangered' },
  },
  { rule: 'S45 custody is announced', in: {}, fact: says('agent', custody), ...toCustody },
  {
    rule: 'S52 refund said: our first hop has the last word on how long',
    in: { escrow: 'refundSaid' },
    fact: expiries(1435, 1700),
    keeps: { lockedUntil: 1700 },
  },
  {
    rule: 'S45 refund said after custody: the hold was settled, the refund comes',
    in: { escrow: 'refundSaid' },
    fact: paid,
  },
  {
    rule: 'S52 releasing: our first hop has the last word on how long',
    in: releasing,
    fact: expiries(1435, 1700),
    keeps: { lockedUntil: 1700 },
  },
  {
    rule: 'S45 releasing: custody began meanwhile',
    in: releasing,
    fact: says('agent', custody),
    keeps: { custodyUntil: 4000 },
  },
  {
    rule: 'S9 releasing: a refund was recorded first',
    in: releasing,
    fact: forUs,
    then: { escrow: 'refundSaid' },
    keeps: why,
  },
  { rule: 'S9 releasing: a ruling for the payee is no refund', in: releasing, fact: forThem, waits: true },
  {
    rule: 'S48 settled before `locked` came: its heights are kept',
    in: early,
    has: { locked: undefined },
    fact: locked(),
    keeps: { locked: { h: 1000 } },
  },
  {
    rule: 'S48 settled before a `locked` that does not fit: not kept',
    in: early,
    fact: locked(wrongA),
    waits: true,
  },
  { rule: 'S45 settled early: custody is announced', in: early, fact: says('agent', custody), ...toCustody },
  {
    rule: 'S9 settled early: a ruling for us',
    in: early,
    fact: forUs,
    then: { escrow: 'refundSaid' },
    keeps: why,
  },
  { rule: 'S9 settled early: a ruling for the payee is no refund', in: early, fact: forThem, waits: true },
  { rule: 'S45 in custody our node says that the hold was settled', in: { escrow: 'custody' }, fact: paid },
  {
    rule: 'S45 in custody: why it was ruled so is kept',
    in: { escrow: 'custody' },
    fact: forThem,
    keeps: why,
  },
  {
    rule: 'S45 released from custody: why it was ruled so is kept',
    in: { escrow: 'releasingCustody', engine: 'releasing' },
    fact: forThem,
    keeps: why,
  },
  {
    rule: 'S45 released from custody: our node says that the hold was settled',
    in: { escrow: 'releasingCustody', engine: 'releasing' },
    fact: paid,
  },
  {
    rule: 'S9 refunded: a ruling gives the reason where none is known',
    in: { escrow: 'refunded' },
    fact: forUs,
    keeps: why,
  },
  {
    rule: 'S9 refunded: a cancel gives the reason where none is known',
    in: { escrow: 'refunded' },
    fact: says('agent', CANCELLED),
    keeps: { why: 'Said to be cancelled.' },
  },
];

describe('AGENT_HELD, the payer, before locked', () => {
  const trade = beforePayment('sell', 'AGENT_HELD');
  test.each([...LOCKS, ...UNLOCKED].map((one) => [one.rule, one] as const))('%s', (_, one) =>
    expectStep(trade, 'maker', one),
  );
});

describe('AGENT_HELD, the payer, from locked on', () => {
  const trade = fiatSent('sell', 'AGENT_HELD');
  test.each([...LOCKED, ...WORDS].map((one) => [one.rule, one] as const))('%s', (_, one) =>
    expectStep(trade, 'maker', one),
  );
});
