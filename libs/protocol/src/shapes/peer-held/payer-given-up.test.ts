/** PEER_HELD, the payer: the payee gives up, and what is owed where the hold is gone: row by row. */
import { describe, test } from '@jest/globals';
import type { MessageFact } from '../../machine/facts.js';
import type { TradeData } from '../../machine/state.js';
import type { Body } from '../../messages/bodies.js';
import type { StepCase } from '../../testing/cases.js';
import { CANCELLED, due, expectStep, failed, paid, ruling, says } from '../../testing/cases.js';
import { fiatSent } from '../../testing/steps.js';
import type { PaymentHash } from '../../units.js';
import { msat, unixMs } from '../../units.js';

const refunded = { escrow: 'refunded', engine: 'refunded' };
const taken = { escrow: 'taken', engine: 'endangered' };
const releasing = { escrow: 'releasing', engine: 'releasing' };
const OWED = ['taker: obligation 1'];
const OWES = {
  releaseSigned: true,
  obligation: { to: 'taker', amountMsat: msat(100_000_000), why: 'Released, and lost.', attempt: 1 },
} satisfies Partial<TradeData>;

const GAVE_UP = { cancelAsked: true };
const GIVES_UP: Body = { type: 'cancelRequest', confirmed: true };

const trade = fiatSent('sell', 'PEER_HELD');
const CASES: StepCase[] = [
  {
    rule: 'A9 S20 released, the performer gave up, and the hold has brought the price: released',
    in: releasing,
    has: GAVE_UP,
    fact: paid,
    then: { escrow: 'released', engine: 'done' },
  },
  {
    rule: 'S45 the hold is gone, and the default comes two blocks early: the price is owed',
    in: { escrow: 'lapsed', engine: 'refunded' },
    tip: (d) => (d.locked?.decideBy ?? 0) - 2,
    fact: says('agent', ruling('payee', 'default')),
    then: { escrow: 'owing', debt: 'owed' },
    asks: OWED,
  },
  {
    rule: 'S45 the hold is gone, and nobody has told us that it sent: the default is remembered, and nothing owed',
    in: { escrow: 'lapsed', engine: 'refunded' },
    has: { fiatSent: undefined },
    tip: (d) => d.locked?.decideBy ?? 0,
    fact: says('agent', ruling('payee', 'default')),
    keeps: { defaultRuled: true, why: 'Ruled so.' },
  },
  {
    rule: 'S45 S56 and "sent" comes after it: the default counts',
    in: { escrow: 'lapsed', engine: 'refunded' },
    has: { fiatSent: undefined, defaultRuled: true },
    fact: says('taker', { type: 'fiatSent' }),
    then: { escrow: 'defaulting' },
    keeps: { fiatSent: true },
  },
  {
    rule: 'A8 the hold is gone, and "sent" comes without a default: known, for one that comes',
    in: { escrow: 'lapsed', engine: 'refunded' },
    has: { fiatSent: undefined },
    fact: says('taker', { type: 'fiatSent' }),
    keeps: { fiatSent: true },
  },
  {
    rule: 'S45 decided, and not owed yet: why it was cancelled is kept, and another ruling changes nothing',
    in: { escrow: 'defaulting', engine: 'refunded' },
    fact: says('taker', CANCELLED),
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'S20 decided, and not owed yet: another ruling changes nothing',
    in: { escrow: 'defaulting', engine: 'refunded' },
    fact: says('agent', ruling('payer', 'deadline')),
  },
  {
    rule: 'S45 held, the default waits, and the payee’s "sent" comes: a release',
    in: { engine: 'performing' },
    has: (d) => ({
      fiatSent: undefined,
      early: [
        {
          ...{
            kind: 'ruling',
            from: 'agent',
            sequence: d.received.agent ?? 0,
            envelopeId: 'early',
            at: trade.at,
          },
          body: ruling('payee', 'default'),
        } as MessageFact,
      ],
    }),
    tip: (d) => d.locked?.decideBy ?? 0,
    fact: says('taker', { type: 'fiatSent' }),
    then: { escrow: 'releasing', engine: 'answering' },
    keeps: { early: [], why: 'Ruled so.' },
  },
  {
    rule: 'A11 S20 released, and cancelled before by the payee, which had sent: refunded',
    in: { escrow: 'refundSaid', engine: 'releasing' },
    has: { releaseSigned: true, ...GAVE_UP },
    fact: failed,
    then: refunded,
  },
  {
    rule: 'A11 released, and the payee, which never sent, has cancelled: refunded',
    in: { escrow: 'refundSaid', engine: 'releasing' },
    has: { releaseSigned: true, fiatSent: undefined },
    fact: failed,
    then: refunded,
  },
  {
    rule: 'A11 S20 released, and the performer gives up: what it was decides the hold',
    in: releasing,
    fact: says('taker', GIVES_UP),
    keeps: GAVE_UP,
  },
  {
    rule: 'A11 S20 released, the performer gave up, and the hold has brought nothing: nothing is owed',
    in: releasing,
    has: GAVE_UP,
    fact: failed,
    then: refunded,
  },
  {
    rule: 'A11 a cancel is ruled before anything was released: said so',
    in: {},
    fact: says('agent', ruling('payer', 'cancel')),
    then: { escrow: 'refundSaid' },
    keeps: { decided: 'payer' },
  },
  {
    rule: 'A11 S45 settled without a release, and the performer gave up: no default makes it its own',
    in: taken,
    has: GAVE_UP,
    tip: (d) => d.locked?.decideBy ?? 0,
    fact: says('agent', ruling('payee', 'default')),
    waits: true,
  },
  ...(
    [
      ['the default comes', says('agent', ruling('payee', 'default')), {}, { defaultRuled: true }],
      [
        '"sent" comes after the default',
        says('taker', { type: 'fiatSent' }),
        { fiatSent: undefined, defaultRuled: true },
        { fiatSent: true },
      ],
    ] as const
  ).map(([what, fact, has, keeps]): StepCase => ({
    rule: `A11 S45 the hold is gone, the performer gave up, and ${what}: nothing is owed`,
    in: { escrow: 'lapsed', engine: 'refunded' },
    has: { ...GAVE_UP, ...has },
    tip: (d) => d.locked?.decideBy ?? 0,
    fact,
    keeps,
  })),
  {
    rule: 'A11 S20 the default is not owed yet, and the performer gives up: nothing is owed',
    in: { escrow: 'defaulting', engine: 'refunded' },
    fact: says('taker', GIVES_UP),
    then: { escrow: 'refunded' },
    keeps: GAVE_UP,
  },
  ...['owed', 'resting'].map((debt): StepCase => ({
    rule: `A11 S20 ${debt}, and the payee gives up: nothing is owed`,
    in: { escrow: 'owing', engine: 'releasing', debt },
    has: OWES,
    fact: says('taker', GIVES_UP),
    then: { ...refunded, debt: 'none' },
    keeps: { obligation: undefined, ...GAVE_UP },
  })),
  ...['recording', 'paying'].map((debt): StepCase => ({
    rule: `A11 S1 given up while it is being paid (${debt}): that has its end first`,
    in: { escrow: 'owing', engine: 'releasing', debt },
    has: OWES,
    fact: says('taker', GIVES_UP),
    keeps: { ...OWES, cancelAsked: true },
  })),
  {
    rule: 'A11 S1 given up before the payment began: it does not begin',
    in: { escrow: 'owing', engine: 'releasing', debt: 'recording' },
    has: { ...OWES, cancelAsked: true },
    fact: () => ({ kind: 'recorded', hash: '88'.repeat(32) as PaymentHash }),
    then: { ...refunded, debt: 'none' },
    keeps: { obligation: undefined },
  },
  {
    rule: 'A11 S20 given up, and that payment failed: it is not tried again',
    in: { escrow: 'owing', engine: 'releasing', debt: 'resting' },
    has: { ...OWES, cancelAsked: true, nextTryMs: unixMs(1) },
    fact: due('debt.nextTry'),
    then: { ...refunded, debt: 'none' },
    keeps: { obligation: undefined },
  },
  {
    rule: 'S56 the hold is gone, and the default is for the payee: the price is owed',
    in: { escrow: 'lapsed', engine: 'refunded' },
    tip: (d) => d.locked?.decideBy ?? 0,
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

describe('PEER_HELD, the payer: given up, and the hold gone', () => {
  test.each(CASES.map((one) => [one.rule, one] as const))('%s', (_, one) => expectStep(trade, 'maker', one));
});
