import { describe, test } from '@jest/globals';
import type { StepCase } from '../../testing/cases.js';
import {
  CANCELLED,
  command,
  due,
  expectStep,
  failed,
  locked,
  paid,
  refused,
  ruling,
  says,
} from '../../testing/cases.js';
import { beforePayment } from '../../testing/steps.js';
import { height } from '../../units.js';

const external = { externalWallet: true };
const BAD_WINDOW = 'The window of the hold is too short or not as agreed. The sats come back.';
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

describe('AGENT_HELD, the payer, before locked', () => {
  const trade = beforePayment('sell', 'AGENT_HELD');
  test.each([...LOCKS, ...UNLOCKED].map((one) => [one.rule, one] as const))('%s', (_, one) =>
    expectStep(trade, 'maker', one),
  );
});
