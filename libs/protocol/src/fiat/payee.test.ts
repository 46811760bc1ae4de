import { describe, test } from '@jest/globals';
import type { Body } from '../messages/bodies.js';
import type { StepCase } from '../testing/cases.js';
import { command, due, expectStep, notice, says, told } from '../testing/cases.js';
import { fiatSent } from '../testing/steps.js';
import { height } from '../units.js';

const CANCEL = ['agent: cancelRequest', 'maker: cancelRequest'];
const ack = (until: number): Body => ({ type: 'performingAck', performingUntil: height(until) });
const PERFORM_BY = 1173;

const ENDS: StepCase[] = ['awaitingDetails', 'asking', 'performing', 'sent', 'cancelling', 'tooLate'].flatMap(
  (engine): StepCase[] => [
    { rule: `A9 ${engine}: released`, in: { engine }, fact: told('released'), then: { engine: 'done' } },
    { rule: `S9 ${engine}: refunded`, in: { engine }, fact: told('refunded'), then: { engine: 'refunded' } },
    {
      rule: `S33 ${engine}: the payer's release is kept as evidence`,
      in: { engine },
      fact: says('maker', { type: 'release' }),
      keeps: { releaseSigned: true },
    },
  ],
);
const CANCELS: StepCase[] = ['awaitingDetails', 'asking', 'performing', 'sent', 'tooLate'].map((engine) => ({
  rule: `A11 ${engine}: the performer's own cancel, confirmed`,
  in: { engine },
  fact: command('cmdCancel'),
  then: { engine: 'cancelling' },
  asks: CANCEL,
  keeps: { cancelAsked: true },
}));
/** Where the payee's own node has settled before the payer released. */
const UNRELEASED: StepCase[] = [
  'awaitingDetails',
  'asking',
  'performing',
  'sent',
  'cancelling',
  'tooLate',
].map((engine) => ({
  rule: `A9 S48 ${engine}: the payer's release reaches the escrow`,
  in: { engine, escrow: 'unreleased' },
  fact: says('maker', { type: 'release' }),
  then: { engine: 'done', escrow: 'released' },
}));

const CASES: StepCase[] = [
  {
    rule: 'S59 no fiat details by perform-by: too late, nothing was paid',
    in: { engine: 'awaitingDetails' },
    fact: due('engine.performBy'),
    then: { engine: 'tooLate' },
    keeps: { why: 'The fiat details never came. The sats go back.' },
  },
  {
    rule: 'S47 acknowledged until perform-by: the person may pay',
    in: { engine: 'asking' },
    has: { performingUntil: undefined },
    fact: says('agent', ack(PERFORM_BY)),
    then: { engine: 'performing' },
    keeps: { performingUntil: PERFORM_BY },
  },
  ...[PERFORM_BY - 1, PERFORM_BY + 1].map((until): StepCase => ({
    rule: `S47 an acknowledgement until ${String(until - PERFORM_BY)} of perform-by is none`,
    in: { engine: 'asking' },
    fact: says('agent', ack(until)),
    waits: true,
  })),
  {
    rule: 'S47 S59 acknowledged after a refund was ruled: the hold is on its way back, do not pay',
    in: { engine: 'asking' },
    has: { decided: 'payer' },
    fact: says('agent', { type: 'performingAck', performingUntil: height(PERFORM_BY) }),
    waits: true,
  },
  {
    rule: 'S59 the agent says that it is too late: do not pay',
    in: { engine: 'asking' },
    fact: says('agent', notice('tooLate')),
    then: { engine: 'tooLate' },
    keeps: { why: 'Noticed so.' },
  },
  {
    rule: 'S59 no acknowledgement by perform-by: do not pay',
    in: { engine: 'asking' },
    fact: due('engine.performBy'),
    then: { engine: 'tooLate' },
    keeps: { why: 'The agent did not acknowledge in time. Do not pay; the sats go back.' },
  },
  {
    rule: 'A8 not acknowledged: "sent" is refused',
    in: { engine: 'asking' },
    fact: command('cmdSent'),
    refused: 'NOT_ACKNOWLEDGED',
  },
  {
    rule: 'A8 sent: agent and payer are told',
    in: { engine: 'performing' },
    has: { fiatSent: undefined },
    fact: command('cmdSent'),
    then: { engine: 'sent' },
    asks: ['agent: fiatSent', 'maker: fiatSent'],
    keeps: { fiatSent: true },
  },
  {
    rule: 'S59 nothing was reported by performing-until + 36: too late',
    in: { engine: 'performing' },
    fact: due('engine.graceEnd'),
    then: { engine: 'tooLate' },
    keeps: { why: 'No payment was reported in time. The sats go back.' },
  },
  {
    rule: 'A11 a cancel after "sent" that was not confirmed is refused',
    in: { engine: 'sent' },
    fact: command('cmdCancel', false),
    refused: 'CONFIRM_LOSS',
  },
];

describe('fiat, the payee', () => {
  const trade = fiatSent('sell', 'AGENT_HELD');
  const all = [...CASES, ...CANCELS, ...ENDS];
  test.each(all.map((one) => [one.rule, one] as const))('%s', (_, one) => expectStep(trade, 'taker', one));
  const hosted = fiatSent('sell', 'PEER_HELD');
  test.each(UNRELEASED.map((one) => [one.rule, one] as const))('%s', (_, one) =>
    expectStep(hosted, 'taker', one),
  );
});
