import { describe, test } from '@jest/globals';
import type { Body } from '../messages/bodies.js';
import type { StepCase } from '../testing/cases.js';
import { command, due, expectStep, says, told } from '../testing/cases.js';
import { fiatSent } from '../testing/steps.js';
import { height } from '../units.js';

const RELEASE = ['agent: release', 'taker: release'];
const ACK: Body = { type: 'performingAck', performingUntil: height(1173) };
const SENT: Body = { type: 'fiatSent' };
const before = { fiatSent: undefined, performingUntil: undefined };
const acked = { performingUntil: 1173 };

const MAY_RELEASE: StepCase[] = ['locked', 'performing', 'answering', 'unanswered'].map((engine) => ({
  rule: `A9 ${engine}: a release is signed and goes out`,
  in: { engine },
  fact: command('cmdRelease'),
  then: { engine: 'releasing', escrow: 'releasing' },
  asks: RELEASE,
  keeps: { releaseSigned: true },
}));

const REFUND_RULED: StepCase[] = ['locked', 'performing', 'answering', 'unanswered'].flatMap(
  (engine): StepCase[] => [
    {
      rule: `S20 S59 ${engine}: a refund was ruled first, and nobody says that it sent: a release would give the price for nothing`,
      in: { engine },
      has: { decided: 'payer', fiatSent: undefined },
      fact: command('cmdRelease'),
      refused: 'REFUND_RULED',
    },
    {
      rule: `A11 S20 ${engine}: the performer has cancelled, though it had sent: of cancel and release the first holds`,
      in: { engine },
      has: { decided: 'payer', fiatSent: true, cancelAsked: true },
      fact: command('cmdRelease'),
      refused: 'REFUND_RULED',
    },
    {
      rule: `A9 S56 ${engine}: a refund was ruled, the payee says that it sent, and so do we: released`,
      in: { engine },
      has: { decided: 'payer', fiatSent: true },
      fact: command('cmdRelease'),
      then: { engine: 'releasing', escrow: 'releasing' },
      asks: RELEASE,
      keeps: { releaseSigned: true },
    },
  ],
);

const ENDS: StepCase[] = [
  'locked',
  'performing',
  'answering',
  'unanswered',
  'cancelling',
  'releasing',
  'endangered',
].flatMap((engine): StepCase[] => [
  { rule: `A9 ${engine}: released`, in: { engine }, fact: told('released'), then: { engine: 'done' } },
  {
    rule: `A11 ${engine}: the performer says itself that it cancels`,
    in: { engine },
    fact: says('taker', { type: 'cancelRequest', confirmed: true }),
    keeps: { cancelAsked: true },
  },
  { rule: `S9 ${engine}: refunded`, in: { engine }, fact: told('refunded'), then: { engine: 'refunded' } },
]);
const ENDANGERED: StepCase[] = [
  'idle',
  'locked',
  'performing',
  'answering',
  'unanswered',
  'cancelling',
  'releasing',
].map((engine) => ({
  rule: `S48 ${engine}: endangered, for the reason the escrow gives`,
  in: { engine },
  fact: told('endangered', { why: 'Taken.' }),
  then: { engine: 'endangered' },
  keeps: { why: 'Taken.' },
}));

const CASES: StepCase[] = [
  {
    rule: 'S47 locked: from the acknowledgement on only the payee ends it early',
    in: { engine: 'locked' },
    has: before,
    fact: says('agent', ACK),
    then: { engine: 'performing' },
    keeps: acked,
  },
  {
    rule: 'A11 locked: a cancel is asked of the agent',
    in: { engine: 'locked' },
    fact: command('cmdCancel'),
    then: { engine: 'cancelling' },
    asks: ['agent: cancelRequest'],
  },
  {
    rule: 'A8 fiat is said to be sent: the person has to look',
    in: { engine: 'performing' },
    has: before,
    fact: says('taker', SENT),
    then: { engine: 'answering' },
    keeps: { fiatSent: true },
  },
  {
    rule: 'S47 performing: no cancel by the payer',
    in: { engine: 'performing' },
    fact: command('cmdCancel'),
    refused: 'WAIT_FOR_PERFORMER',
  },
  {
    rule: 'S47 answering: no cancel by the payer',
    in: { engine: 'answering' },
    fact: command('cmdCancel'),
    refused: 'FIAT_SENT',
  },
  {
    rule: 'S27 not answered by answer-by: shown, and still open for a release',
    in: { engine: 'answering' },
    fact: due('engine.answerBy'),
    then: { engine: 'unanswered' },
  },
  {
    rule: 'S47 the acknowledgement was stored before the cancel: it holds',
    in: { engine: 'cancelling' },
    has: before,
    fact: says('agent', ACK),
    then: { engine: 'performing' },
    keeps: acked,
  },
  {
    rule: 'A8 released before the acknowledgement came: kept',
    in: { engine: 'releasing' },
    has: before,
    fact: says('agent', ACK),
    keeps: acked,
  },
  {
    rule: 'A8 released before "sent" came: kept',
    in: { engine: 'releasing' },
    has: before,
    fact: says('taker', SENT),
    keeps: { fiatSent: true },
  },
  {
    rule: 'S47 endangered before the acknowledgement came: kept',
    in: { engine: 'endangered' },
    has: before,
    fact: says('agent', ACK),
    keeps: acked,
  },
  {
    rule: 'A8 endangered before "sent" came: kept',
    in: { engine: 'endangered' },
    has: before,
    fact: says('taker', SENT),
    keeps: { fiatSent: true },
  },
  {
    rule: 'A9 endangered: a release is still possible, and makes it good',
    in: { engine: 'endangered', escrow: 'settledEarly' },
    fact: command('cmdRelease'),
    then: { escrow: 'releasingCustody' },
    asks: RELEASE,
    keeps: { releaseSigned: true },
  },
];

describe('fiat, the payer', () => {
  const trade = fiatSent('sell', 'AGENT_HELD');
  const all = [...MAY_RELEASE, ...REFUND_RULED, ...CASES, ...ENDS, ...ENDANGERED];
  test.each(all.map((one) => [one.rule, one] as const))('%s', (_, one) => expectStep(trade, 'maker', one));
});
