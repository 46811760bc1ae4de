import { describe, expect, test } from '@jest/globals';
import type { TradeData } from '../../machine/state.js';
import type { StepCase } from '../../testing/cases.js';
import {
  accepted,
  cancelled,
  command,
  due,
  expectStep,
  locked,
  ruling,
  says,
  told,
  withLine,
} from '../../testing/cases.js';
import { beforePayment, fiatSent } from '../../testing/steps.js';
import { height, msat } from '../../units.js';

const CANCELLED = ['agent: cancelled', 'maker: cancelled'];
const SETTLED = ['agent: notice settled', 'maker: notice settled'];
const unlocked = { escrow: 'unlocked', deal: 'lapsed' };

/** The hold is paid, and this host has reported it. */
const reported = (d: TradeData): Partial<TradeData> => ({
  ...withLine('escrow', 'accepted')(d),
  accepted: { E: height(1627), h: height(1000), receivedMsat: msat(1) },
});

const UNLOCKED: StepCase[] = [
  {
    rule: 'S13 S55 paid exactly: agent and payer are told what the node holds',
    in: {},
    fact: accepted,
    then: { escrow: 'accepted' },
    asks: ['agent: accepted', 'maker: accepted'],
    keeps: { accepted: { receivedMsat: 100_000_000n } },
  },
  {
    rule: 'S55 a millisatoshi too much: cancelled at once',
    in: {},
    fact: (d, tip) =>
      ({ ...accepted(d, tip), receivedMsat: msat(100_000_001n) }) as ReturnType<typeof accepted>,
    then: { escrow: 'unlocking' },
    asks: ['cancel'],
    keeps: { why: 'The hold brought 100000001 msat instead of 100000000.' },
  },
  {
    rule: 'A7 ruled for the payer before it was paid: cancelled',
    in: {},
    fact: says('agent', ruling('payer', 'lease')),
    then: { escrow: 'unlocking' },
    asks: ['cancel'],
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S9 only a ruling for the payer cancels',
    in: {},
    fact: says('agent', ruling('payee', 'default')),
    waits: true,
  },
  {
    rule: 'A11 a cancel before it was paid: cancelled',
    in: {},
    fact: command('cmdCancel'),
    then: { escrow: 'unlocking' },
    asks: ['cancel'],
    keeps: { why: 'Cancelled by the payee before it was locked.' },
  },
  {
    rule: 'A7 the invoice ran out: over, and both are told',
    in: {},
    fact: cancelled,
    then: unlocked,
    asks: CANCELLED,
    keeps: { why: 'The hold invoice ran out.' },
  },
  {
    rule: 'S58 not paid by lease end + 2: cancelled',
    in: {},
    fact: due('escrow.free'),
    then: { escrow: 'unlocking' },
    asks: ['cancel'],
    keeps: { why: 'The hold was not paid within the lease.' },
  },
  {
    rule: 'S49 locked with other heights than reported: cancelled at once',
    in: { escrow: 'accepted' },
    has: reported,
    fact: locked({ E: height(1628) }),
    then: { escrow: 'unlocking' },
    asks: ['cancel'],
    keeps: { why: 'The agent locked other heights than this node reported.' },
  },
  {
    rule: 'S49 locked with the heights that were reported, and another end of the hold: cancelled at once',
    in: { escrow: 'accepted' },
    has: reported,
    fact: locked({ A: height(1200) }),
    then: { escrow: 'unlocking' },
    asks: ['cancel'],
  },
  {
    rule: 'S13 S49 locked as reported, at a height two blocks ahead of our tip: it counts',
    in: { escrow: 'accepted' },
    has: reported,
    tip: () => 998,
    fact: locked({}, 1000),
    then: { escrow: 'held', deal: 'locked', engine: 'awaitingDetails' },
    keeps: { locked: { h: 1000, E: 1627, A: 1609 } },
  },
  {
    rule: 'S49 locked at a height three blocks ahead of our tip: cancelled at once',
    in: { escrow: 'accepted' },
    has: reported,
    tip: () => 997,
    fact: locked({}, 1000),
    then: { escrow: 'unlocking' },
    asks: ['cancel'],
  },
  {
    rule: 'A7 unlocked: a late ruling',
    in: { escrow: 'unlocked' },
    fact: says('agent', ruling('payer', 'lease')),
  },
  {
    rule: 'A7 ruled for the payer before it was locked: cancelled',
    in: { escrow: 'accepted' },
    has: reported,
    fact: says('agent', ruling('payer', 'lease')),
    then: { escrow: 'unlocking' },
    asks: ['cancel'],
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S9 only a ruling for the payer cancels what was paid',
    in: { escrow: 'accepted' },
    waits: true,
    has: reported,
    fact: says('agent', ruling('payee', 'default')),
  },
  {
    rule: 'A11 a cancel before it was locked: cancelled',
    in: { escrow: 'accepted' },
    has: reported,
    fact: command('cmdCancel'),
    then: { escrow: 'unlocking' },
    asks: ['cancel'],
    keeps: { why: 'Cancelled by the payee before it was locked.' },
  },
  {
    rule: 'S8 the node lost it before it was locked: over, and both are told',
    in: { escrow: 'accepted' },
    has: reported,
    fact: cancelled,
    then: unlocked,
    asks: CANCELLED,
  },
  {
    rule: 'S58 not locked by lease end + 2: cancelled',
    in: { escrow: 'accepted' },
    has: reported,
    fact: due('escrow.free'),
    then: { escrow: 'unlocking' },
    asks: ['cancel'],
    keeps: { why: 'No locked came within the lease.' },
  },
  {
    rule: 'S13 what is paid while the hold is being cancelled is cancelled, and never reported',
    in: { escrow: 'unlocking' },
    fact: accepted,
    asks: ['cancel'],
  },
  {
    rule: 'S8 S9 only when the node says so it is over, and both are told',
    in: { escrow: 'unlocking' },
    fact: cancelled,
    then: unlocked,
    asks: CANCELLED,
  },
];

const LOCKED: StepCase[] = [
  {
    rule: 'S9 a ruling for the payer, at its height: cancelled',
    in: {},
    has: { fiatSent: undefined },
    tip: (d) => (d.performingUntil ?? 0) + 36,
    fact: says('agent', ruling('payer', 'deadline')),
    then: { escrow: 'refunding' },
    asks: ['cancel', 'maker: cancelRequest'],
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S45 a ruling for us: the preimage follows',
    in: {},
    tip: (d) => d.locked?.decideBy ?? 0,
    fact: says('agent', ruling('payee', 'default')),
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S56 the node lost the hold: over, and both are told',
    in: {},
    fact: cancelled,
    then: { escrow: 'refunded', engine: 'refunded' },
    asks: CANCELLED,
    keeps: { why: 'The node cancelled the hold by itself.' },
  },
  {
    rule: 'S14 still held without a preimage at A: cancelled',
    in: {},
    fact: due('escrow.holdOver'),
    then: { escrow: 'refunding' },
    asks: ['cancel'],
    keeps: { why: 'The hold is over and no preimage came.' },
  },
  {
    rule: 'S56 gone before it could be settled: the price is owed, and both are told',
    in: { escrow: 'settling' },
    has: { releaseSigned: true },
    fact: cancelled,
    then: { escrow: 'unpaid' },
    asks: CANCELLED,
    keeps: { why: 'The hold was gone before it could be settled; the payer owes the price.' },
  },
  {
    rule: 'S20 the node was asked to settle: no ruling takes that back',
    in: { escrow: 'settling' },
    tip: (d) => d.locked?.A ?? 0,
    fact: says('agent', ruling('payer', 'deadline')),
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S56 what was owed has arrived: released, and both are told',
    in: { escrow: 'unpaid' },
    fact: told('claimPaid'),
    then: { escrow: 'released', engine: 'done' },
    asks: SETTLED,
  },
  {
    rule: 'S8 still held after a cancel: cancelled again',
    in: { escrow: 'refunding' },
    has: withLine('escrow', 'live'),
    fact: accepted,
    asks: ['cancel'],
  },
  {
    rule: 'S8 S9 refunded when the node says so, and both are told',
    in: { escrow: 'refunding' },
    fact: cancelled,
    then: { escrow: 'refunded', engine: 'refunded' },
    asks: CANCELLED,
  },
];

/** Words that come late, while another machine is still at work: taken, so that the sender isn't held up. */
const LATE: StepCase[] = [
  {
    rule: 'S20 released: a ruling changes nothing',
    in: { escrow: 'released', engine: 'sent' },
    fact: says('agent', ruling('payer', 'deadline')),
  },
  {
    rule: 'S20 refunded: a ruling changes nothing',
    in: { escrow: 'refunded', engine: 'sent' },
    fact: says('agent', ruling('payer', 'deadline')),
  },
  {
    rule: 'S61 refunded: a preimage changes nothing',
    in: { escrow: 'refunded', engine: 'sent' },
    fact: says('agent', { type: 'preimage', sealed: { to: 'taker', text: 'x' }, feeInvoice: null }),
  },
];

describe('PEER_HELD, the payee, before locked', () => {
  const trade = beforePayment('sell', 'PEER_HELD');
  test.each(UNLOCKED.map((one) => [one.rule, one] as const))('%s', (_, one) =>
    expectStep(trade, 'taker', one),
  );
});

describe('PEER_HELD, the payee, from locked on', () => {
  const trade = fiatSent('sell', 'PEER_HELD');
  test.each([...LOCKED, ...LATE].map((one) => [one.rule, one] as const))('%s', (_, one) =>
    expectStep(trade, 'taker', one),
  );
});

test('S61: the right preimage that comes after the refund is neither kept nor used', () => {
  const trade = fiatSent('sell', 'PEER_HELD');
  trade.command('taker', 'cmdCancel');
  trade.settle();
  const preimage = trade.keys.agent.preimage(trade.data('agent').termsHash ?? '', 'escrow', 1);
  const text = trade.keys.agent.seal(preimage, trade.keys.taker.publicKey);
  const late = says('agent', { type: 'preimage', sealed: { to: 'taker', text }, feeInvoice: null });
  const result = trade.fact('taker', { ...late(trade.data('taker'), trade.tip), at: trade.at });
  expect(result).toMatchObject({ result: 'taken', effects: [] });
  expect(trade.state('taker', 'escrow')).toBe('refunded');
  expect(trade.data('taker').preimage).toBeUndefined();
});
