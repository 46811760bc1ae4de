import { describe, test } from '@jest/globals';
import type { TradeData } from '../machine/state.js';
import type { Body, Role } from '../messages/bodies.js';
import type { StepCase } from '../testing/cases.js';
import { due, expectStep, says, told } from '../testing/cases.js';
import { fiatSent } from '../testing/steps.js';
import { height } from '../units.js';

const CANCEL: Body = { type: 'cancelRequest', confirmed: true };
const refund = (by: string): string[] => [
  'cancel',
  `maker: ruling for payer by ${by}`,
  `taker: ruling for payer by ${by}`,
];
const refunding = { engine: 'refunding', escrow: 'refunding' };
/** What the payment method takes, and the spare blocks, before perform-by. */
const lastAck = (d: TradeData): number => {
  const { performBy } = d.locked ?? { performBy: 0 };
  return performBy - (d.terms?.windows.settlementBlocks ?? 0) - 6;
};

const windowEnd = (d: TradeData): number => d.locked?.performBy ?? 0;

const RELEASES: StepCase[] = ['locked', 'performing', 'performed', 'undecided'].map((engine) => ({
  rule: `A9 ${engine}: a release is carried out`,
  in: { engine },
  fact: says('maker', { type: 'release' }),
  then: { engine: 'releasing', escrow: 'payingFirst', debt: 'recording' },
  asks: ['record 1'],
}));

const ALL = ['locked', 'performing', 'performed', 'undecided', 'releasing', 'refunding'];
const ALWAYS: StepCase[] = ALL.flatMap((engine): StepCase[] => [
  { rule: `A9 ${engine}: released`, in: { engine }, fact: told('released'), then: { engine: 'released' } },
  { rule: `S9 ${engine}: refunded`, in: { engine }, fact: told('refunded'), then: { engine: 'refunded' } },
  ...(['maker', 'taker'] as const).map((role): StepCase => ({
    rule: `S27 ${engine}: the ${role} asks, and is told where the escrow stands`,
    in: { engine },
    fact: says(role, { type: 'escrowQuery' }),
    asks: [`${role}: escrowStatus`],
  })),
]);

const cancelBy = (role: Role, engine: string, more: Partial<StepCase>): StepCase => ({
  rule: `S47 ${engine}: a cancel by the ${role === 'maker' ? 'payer' : 'payee'}`,
  in: { engine },
  fact: says(role, CANCEL),
  ...more,
});
const CANCELS: StepCase[] = [
  cancelBy('maker', 'locked', { then: refunding, asks: refund('cancel') }),
  cancelBy('taker', 'locked', { then: refunding, asks: refund('cancel') }),
  cancelBy('maker', 'performing', { asks: ['maker: notice waitForPerformer'] }),
  cancelBy('taker', 'performing', { then: refunding, asks: refund('cancel') }),
  cancelBy('maker', 'performed', { asks: ['maker: notice waitForPerformer'] }),
  cancelBy('taker', 'performed', { then: refunding, asks: refund('cancel') }),
  cancelBy('maker', 'undecided', { asks: ['maker: notice waitForPerformer'] }),
  cancelBy('taker', 'undecided', { then: refunding, asks: refund('cancel') }),
];

const CASES: StepCase[] = [
  {
    rule: 'S47 asked with settlement time + 6 left: acknowledged to both, until perform-by',
    in: { engine: 'locked' },
    has: { performingUntil: undefined },
    tip: lastAck,
    fact: says('taker', { type: 'performing' }),
    then: { engine: 'performing' },
    asks: ['maker: performingAck', 'taker: performingAck'],
    keeps: { performingUntil: 1173 },
  },
  {
    rule: 'S59 asked one block later: not acknowledged, and told not to pay',
    in: { engine: 'locked' },
    tip: (d) => lastAck(d) + 1,
    fact: says('taker', { type: 'performing' }),
    asks: ['taker: notice tooLate'],
  },
  {
    rule: 'S59 nobody asked by perform-by: refunded',
    in: { engine: 'locked' },
    fact: due('engine.performBy'),
    then: refunding,
    asks: refund('deadline'),
  },
  {
    rule: 'S59 acknowledged and never reported: refunded',
    in: { engine: 'performing' },
    fact: due('engine.graceEnd'),
    then: refunding,
    asks: refund('deadline'),
  },
  {
    rule: 'S59 never reported, and the agent heard everybody since the window ended: refunded',
    in: { engine: 'performing' },
    has: { fiatSent: undefined },
    fact: due('engine.graceEnd', windowEnd),
    then: refunding,
    asks: refund('deadline'),
  },
  {
    rule: 'S47 the agent was away when the window ended: the grace begins anew where it could hear again',
    in: { engine: 'performing' },
    has: { fiatSent: undefined },
    fact: due('engine.graceEnd', (d) => windowEnd(d) + 1),
    keeps: { graceFrom: 1174 },
  },
  {
    rule: 'S47 and again, where it was away in that one too',
    in: { engine: 'performing' },
    has: { graceFrom: height(1200), fiatSent: undefined },
    fact: due('engine.graceEnd', () => 1201),
    keeps: { graceFrom: 1201 },
  },
  {
    rule: 'S59 a grace that was begun anew and heard through: refunded',
    in: { engine: 'performing' },
    has: { graceFrom: height(1200), fiatSent: undefined },
    fact: due('engine.graceEnd', () => 1200),
    then: refunding,
    asks: refund('deadline'),
  },
  {
    rule: 'A8 reported: recorded',
    in: { engine: 'performing' },
    has: { fiatSent: undefined },
    fact: says('taker', { type: 'fiatSent' }),
    then: { engine: 'performed' },
    keeps: { fiatSent: true },
  },
  {
    rule: 'A8 reported after the release: recorded',
    in: { engine: 'releasing' },
    has: { fiatSent: undefined },
    fact: says('taker', { type: 'fiatSent' }),
    keeps: { fiatSent: true },
  },
  {
    rule: 'S45 not answered by decide-by: the escrow carries out the default in its time',
    in: { engine: 'performed' },
    fact: due('engine.decideBy'),
    then: { engine: 'undecided' },
  },
];

describe('fiat, the agent', () => {
  const trade = fiatSent('sell', 'AGENT_HELD');
  const all = [...CASES, ...CANCELS, ...RELEASES, ...ALWAYS];
  test.each(all.map((one) => [one.rule, one] as const))('%s', (_, one) => expectStep(trade, 'agent', one));
});

test('S45 PEER_HELD: not answered by decide-by: the payee is given the preimage at once', () =>
  expectStep(fiatSent('sell', 'PEER_HELD'), 'agent', {
    rule: 'S45',
    in: {},
    fact: due('engine.decideBy'),
    then: { engine: 'undecided', escrow: 'disclosed' },
    asks: ['taker: preimage', 'maker: ruling for payee by default', 'taker: ruling for payee by default'],
  }));
