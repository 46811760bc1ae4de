import { describe, test } from '@jest/globals';
import type { Body } from '../../messages/bodies.js';
import type { StepCase } from '../../testing/cases.js';
import {
  CANCELLED,
  expectStep,
  expiries,
  failed,
  locked,
  notice,
  paid,
  ruling,
  says,
  told,
} from '../../testing/cases.js';
import { fiatSent } from '../../testing/steps.js';
import { height, msat } from '../../units.js';

const external = { externalWallet: true };
const RELEASE = ['agent: release', 'taker: release'];
const wrongA = { A: height(1200) };
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
    rule: "S9 S56 a wallet that can't be read: released, and the agent's node lost the hold: the sats are back",
    in: { escrow: 'releasing', engine: 'releasing' },
    has: external,
    fact: says('agent', CANCELLED),
    then: { escrow: 'refunded', engine: 'refunded' },
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'S8 released, and said to be cancelled: our own payment says what became of it',
    in: { escrow: 'releasing', engine: 'releasing' },
    waits: true,
    fact: says('agent', CANCELLED),
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
    tip: () => 998,
    fact: locked({}, 1000),
    keeps: { locked: { h: 1000 } },
  },
  {
    rule: 'S49 settled before a `locked` three blocks ahead of our tip: not kept',
    in: early,
    tip: () => 997,
    fact: locked({}, 1000),
    waits: true,
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

describe('AGENT_HELD, the payer, from locked on', () => {
  const trade = fiatSent('sell', 'AGENT_HELD');
  test.each([...LOCKED, ...WORDS].map((one) => [one.rule, one] as const))('%s', (_, one) =>
    expectStep(trade, 'maker', one),
  );
});
