import { describe, test } from '@jest/globals';
import type { StepCase } from '../../testing/cases.js';
import { CANCELLED, command, due, expectStep, locked, ruling, says, told } from '../../testing/cases.js';
import { beforePayment, fiatSent } from '../../testing/steps.js';
import { height } from '../../units.js';

/** The payout invoice that nobody will pay any more is cancelled. */
const over = { escrow: 'over', deal: 'lapsed', claim: 'voided' };
const refunded = { escrow: 'refunded', engine: 'refunded', claim: 'voided' };

const UNLOCKED: StepCase[] = [
  {
    rule: 'S13 S49 locked as agreed, at a height two blocks ahead of our tip: it counts',
    in: {},
    tip: () => 998,
    fact: locked({}, 1000),
    then: { escrow: 'secured', deal: 'locked', engine: 'awaitingDetails' },
    keeps: { locked: { h: 1000, E: 1435, A: 1417 } },
  },
  {
    rule: 'S49 locked at a height three blocks ahead of our tip: nobody performs',
    in: {},
    tip: () => 997,
    fact: locked({}, 1000),
    then: over,
    asks: ['agent: cancelRequest', 'cancel'],
  },
  {
    rule: 'S49 locked with other heights than agreed: nobody performs, a cancel is asked for',
    in: {},
    fact: locked({ decideBy: height(9999) }),
    then: over,
    asks: ['agent: cancelRequest', 'cancel'],
    keeps: { why: 'The window of the hold is too short or not as agreed.' },
  },
  {
    rule: 'A7 the agent cancels: over, for the reason it gave',
    in: {},
    fact: says('agent', CANCELLED),
    then: over,
    asks: ['cancel'],
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'A11 a cancel is asked of the agent',
    in: {},
    fact: command('cmdCancel'),
    asks: ['agent: cancelRequest'],
  },
  {
    rule: 'S59 not locked in time: over, and what comes too late is to be cancelled',
    in: {},
    fact: due('escrow.overdue'),
    then: over,
    asks: ['agent: cancelRequest', 'cancel'],
  },
];

const LOCKED: StepCase[] = ['secured', 'custody'].flatMap((escrow): StepCase[] => [
  {
    rule: `S8 ${escrow}: released when our own invoice is paid`,
    in: { escrow },
    fact: told('claimPaid'),
    then: { escrow: 'released', engine: 'done' },
  },
  {
    rule: `S9 ${escrow}: a ruling for the payer ends it`,
    in: { escrow },
    fact: says('agent', ruling('payer', 'cancel')),
    then: refunded,
    asks: ['cancel'],
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: `S45 ${escrow}: a ruling for us is followed by the payment`,
    in: { escrow },
    fact: says('agent', ruling('payee', 'default')),
    keeps: { why: 'Ruled so.' },
  },
]);
LOCKED.push(
  {
    rule: 'S56 the hold is gone and nothing is owed: over, for the reason the agent gave',
    in: { escrow: 'secured' },
    fact: says('agent', CANCELLED),
    then: refunded,
    asks: ['cancel'],
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'S45 custody is shown with its end',
    in: { escrow: 'secured' },
    fact: says('agent', { type: 'custody', amountMsat: 1n as never, untilHeight: height(4000) }),
    then: { escrow: 'custody' },
    keeps: { custodyUntil: 4000 },
  },
);

describe('AGENT_HELD, the payee, before locked', () => {
  const trade = beforePayment('sell', 'AGENT_HELD');
  test.each(UNLOCKED.map((one) => [one.rule, one] as const))('%s', (_, one) =>
    expectStep(trade, 'taker', one),
  );
});

describe('AGENT_HELD, the payee, from locked on', () => {
  const trade = fiatSent('sell', 'AGENT_HELD');
  test.each(LOCKED.map((one) => [one.rule, one] as const))('%s', (_, one) => expectStep(trade, 'taker', one));
});
