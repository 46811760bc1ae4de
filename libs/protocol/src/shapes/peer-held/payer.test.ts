import { describe, test } from '@jest/globals';
import type { TradeData } from '../../machine/state.js';
import type { StepCase } from '../../testing/cases.js';
import {
  CANCELLED,
  command,
  due,
  expectStep,
  failed,
  locked,
  notice,
  paid,
  ruling,
  says,
  saysOf,
  told,
} from '../../testing/cases.js';
import { fiatSent } from '../../testing/steps.js';
import type { PaymentHash } from '../../units.js';
import { height, msat } from '../../units.js';

const RELEASE = ['agent: release', 'taker: release'];
const WITHOUT_RELEASE =
  'Your payment was settled without your release. You hold the preimage: keep "tercet evidence ID".';
const refunded = { escrow: 'refunded', engine: 'refunded' };
const taken = { escrow: 'taken', engine: 'endangered' };
const releasing = { escrow: 'releasing', engine: 'releasing' };
const released = { escrow: 'released', engine: 'done' };
const OWED = ['taker: obligation 1'];
const OWES = {
  releaseSigned: true,
  obligation: { to: 'taker', amountMsat: msat(100_000_000), why: 'Released, and lost.', attempt: 1 },
} satisfies Partial<TradeData>;

/** Our invoice for what comes back. */
const invoiceAt =
  (status: 'live' | 'settled' | 'cancelled') =>
  (d: TradeData): Partial<TradeData> => ({
    ledger: [
      ...d.ledger,
      {
        ...{ purpose: 'payout', attempt: 2, kind: 'invoice', hash: '88'.repeat(32) as PaymentHash },
        ...{ amountMsat: msat(100_000_000), status },
      },
    ],
  });
/** A payment for something else is under way too. */
const otherFirst = (d: TradeData): Partial<TradeData> => ({
  ledger: [
    {
      ...{ purpose: 'retainFee', attempt: 1, kind: 'payment', hash: '99'.repeat(32) as PaymentHash },
      ...{ amountMsat: msat(1), status: 'live' },
    },
    ...d.ledger.filter(({ purpose }) => purpose !== 'retainFee'),
  ],
});

const trade = fiatSent('sell', 'PEER_HELD');
const LOCKED: StepCase[] = [
  {
    rule: 'A9 a release goes to the agent, who acts on it, and to the payee, as its proof',
    in: { engine: 'releasing' },
    fact: told('releaseEscrow'),
    then: { escrow: 'releasing' },
    asks: RELEASE,
  },
  {
    rule: 'S45 the default for the payee is a release',
    in: {},
    tip: (d) => d.locked?.decideBy ?? 0,
    fact: says('agent', ruling('payee', 'default')),
    then: { escrow: 'releasing' },
    keeps: { why: 'Ruled so.' },
  },
  ...[taken, { ...taken, claim: 'waiting' }].map((at): StepCase => ({
    rule: `S45 settled before the default was heard of, three blocks too early (${Object.keys(at).join()}): it waits`,
    in: at,
    has: (d) => ('claim' in at ? { owedBy: 'taker', ...invoiceAt('live')(d) } : {}),
    tip: (d) => (d.locked?.decideBy ?? 0) - 3,
    fact: says('agent', ruling('payee', 'default')),
    waits: true,
  })),
  ...[{ escrow: 'held' }, taken, { escrow: 'lapsed', engine: 'refunded' }].flatMap((at): StepCase[] =>
    (['cancel', 'deadline', 'lease'] as const).map((by) => ({
      rule: `S45 ${at.escrow}: a word for the payee by ${by} pays nobody`,
      in: at,
      tip: (d) => d.locked?.A ?? 0,
      fact: says('agent', ruling('payee', by)),
      // A trade that is over keeps nothing.
      ...(at.escrow === 'lapsed' ? {} : { waits: true as const }),
    })),
  ),
  ...[{ escrow: 'held' }, taken].flatMap((at): StepCase[] => [
    {
      rule: `S45 ${at.escrow}: the default for a payee that has not told us that it sent: it waits`,
      in: at,
      has: { fiatSent: undefined },
      tip: (d) => d.locked?.decideBy ?? 0,
      fact: says('agent', ruling('payee', 'default')),
      waits: true,
    },
  ]),
  {
    rule: 'S45 the default for the payee, three blocks too early: it waits',
    in: {},
    tip: (d) => (d.locked?.decideBy ?? 0) - 3,
    fact: says('agent', ruling('payee', 'default')),
    waits: true,
  },
  {
    rule: 'S56 released, refunded by a deadline though the payee had sent, and the payment came back: the price is owed',
    in: { escrow: 'refundSaid', engine: 'releasing' },
    has: { releaseSigned: true },
    fact: failed,
    then: { escrow: 'owing', debt: 'owed' },
    asks: OWED,
  },
  {
    rule: 'S45 S9 settled, our invoice for what comes back has run out, and undecided at A: it ends by the default',
    in: { ...taken, claim: 'voided' },
    has: (d) => ({ owedBy: 'taker', ...invoiceAt('cancelled')(d) }),
    tip: (d) => d.locked?.A ?? 0,
    fact: due('escrow.theirsAtEnd'),
    then: released,
  },
  {
    rule: 'S45 settled, and undecided at A: what is the payee’s by the terms is owed to nobody',
    in: taken,
    tip: (d) => d.locked?.A ?? 0,
    fact: due('escrow.theirsAtEnd'),
    then: released,
  },
  {
    rule: 'A9 S56 a refund was said, and the fiat came all the same: released',
    in: { escrow: 'refundSaid', engine: 'releasing' },
    fact: told('releaseEscrow'),
    then: { escrow: 'releasing' },
    asks: RELEASE,
  },
  {
    rule: 'S9 a ruling for the payer: the payment still has to come back',
    in: {},
    fact: says('agent', ruling('payer', 'deadline')),
    then: { escrow: 'refundSaid' },
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S56 the payment comes back and nobody has ruled: over, unless somebody rules',
    in: {},
    fact: failed,
    then: { escrow: 'lapsed', engine: 'refunded' },
  },
  {
    rule: 'S48 S60 settled without a release: endangered',
    in: {},
    fact: paid,
    then: taken,
    keeps: { why: WITHOUT_RELEASE },
  },
  {
    rule: "S8 the payee's word that it cancelled is kept; the payment decides",
    in: {},
    fact: says('taker', CANCELLED),
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'S8 S9 refund said, and the payment is back: refunded',
    in: { escrow: 'refundSaid' },
    fact: failed,
    then: refunded,
  },
  {
    rule: 'S48 S60 refund said, and the payment was settled all the same: endangered',
    in: { escrow: 'refundSaid' },
    fact: paid,
    then: taken,
    keeps: { why: WITHOUT_RELEASE },
  },
  {
    rule: 'A9 S48 refund said, release pressed, and the payment was settled all the same: released',
    in: { escrow: 'refundSaid', engine: 'releasing' },
    has: { releaseSigned: true },
    fact: paid,
    then: released,
    asks: RELEASE,
  },
  {
    rule: 'A9 word of another payment releases nothing',
    in: { escrow: 'refundSaid', engine: 'releasing' },
    has: (d) => ({ releaseSigned: true, ...otherFirst(d) }),
    fact: saysOf('retainFee', 'paymentPaid'),
  },
  { rule: 'S8 released when the payment has gone through', in: releasing, fact: paid, then: released },
  {
    rule: 'S56 released, and the payment has failed: the price is owed',
    in: releasing,
    fact: failed,
    then: { escrow: 'owing', debt: 'owed' },
    asks: OWED,
  },
  {
    rule: 'S56 released: the agent’s word of a cancel takes nothing back',
    in: releasing,
    fact: says('agent', ruling('payer', 'cancel')),
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S20 released: another ruling for the payer comes too late',
    in: releasing,
    fact: says('agent', ruling('payer', 'deadline')),
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S20 released: a ruling for the payee says nothing new',
    in: releasing,
    fact: says('agent', ruling('payee', 'default')),
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S20 S56 released, and a refund is ruled of what nobody has told us that it sent: no word of the agent’s takes that back',
    in: releasing,
    has: { fiatSent: undefined },
    fact: says('agent', ruling('payer', 'deadline')),
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'A9 the default is being carried out, and we release ourselves: said to both',
    in: { escrow: 'releasing', engine: 'releasing' },
    fact: told('releaseEscrow'),
    asks: RELEASE,
  },
  {
    rule: 'S56 owed after a release to a payee that has not told us that it sent: no word of the agent’s takes it back',
    in: { escrow: 'owing', engine: 'releasing', debt: 'owed' },
    has: { ...OWES, fiatSent: undefined },
    fact: says('agent', ruling('payer', 'deadline')),
    keeps: { why: 'Ruled so.', ...OWES },
  },
  {
    rule: 'S56 owed to a payee that has sent: no word of a cancel by the agent takes it back',
    in: { escrow: 'owing', engine: 'releasing', debt: 'owed' },
    has: OWES,
    fact: says('agent', ruling('payer', 'cancel')),
    keeps: OWES,
  },
  {
    rule: 'S56 what was owed is paid: released',
    in: { escrow: 'owing', engine: 'releasing', debt: 'paid' },
    fact: told('debtPaid'),
    then: released,
  },
  {
    rule: 'A9 settled without a release, and released afterwards: all is well',
    in: taken,
    fact: told('releaseEscrow'),
    then: released,
    asks: RELEASE,
  },
  {
    rule: 'S45 settled before the default was heard of: all is well',
    in: taken,
    tip: (d) => d.locked?.decideBy ?? 0,
    fact: says('agent', ruling('payee', 'default')),
    then: released,
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S9 S45 decided for the payee, and our invoice for what comes back has run out: nothing of it stays open',
    in: { ...taken, claim: 'waiting' },
    has: (d) => ({ owedBy: 'taker', ...invoiceAt('cancelled')(d) }),
    tip: (d) => d.locked?.decideBy ?? 0,
    fact: says('agent', ruling('payee', 'default')),
    then: { ...released, claim: 'voided' },
  },
  ...(['live', 'settled'] as const).map((status): StepCase => ({
    rule: `S2 S20 being paid back, the invoice ${status}: a ruling for the payee takes nothing back`,
    in: { ...taken, claim: 'waiting' },
    has: (d) => ({ owedBy: 'taker', ...invoiceAt(status)(d) }),
    tip: (d) => d.locked?.decideBy ?? 0,
    fact: says('agent', ruling('payee', 'default')),
  })),
  {
    rule: 'S20 S48 being paid back: a release is refused',
    in: { ...taken, claim: 'waiting' },
    has: (d) => ({ owedBy: 'taker', ...invoiceAt('live')(d) }),
    fact: command('cmdRelease'),
    refused: 'BEING_REPAID',
  },
  {
    rule: 'A9 what the agent owes is another matter: a release goes out',
    in: { ...taken, claim: 'waiting' },
    has: (d) => ({ owedBy: 'agent', ...invoiceAt('cancelled')(d) }),
    fact: command('cmdRelease'),
    then: { ...released, claim: 'voided' },
    asks: RELEASE,
    keeps: { releaseSigned: true },
  },
  {
    rule: 'S48 settled, and ruled for the payer: still endangered',
    in: taken,
    fact: says('agent', ruling('payer', 'deadline')),
    keeps: { why: 'Ruled so.' },
  },
  { rule: 'S56 settled, and paid back: refunded', in: taken, fact: told('claimPaid'), then: refunded },
];

/** Words that come late, while another machine is still at work: taken, so that the sender isn't held up. */
const LATE: StepCase[] = [
  {
    rule: 'S9 refund said: why it was cancelled is kept',
    in: { escrow: 'refundSaid' },
    fact: says('taker', CANCELLED),
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'S56 releasing: that it was cancelled is for the payment to say',
    in: releasing,
    fact: says('taker', CANCELLED),
  },
  {
    rule: 'A9 releasing: that it was settled is for the payment to say',
    in: releasing,
    fact: says('taker', notice('settled')),
  },
  {
    rule: 'S48 settled before `locked` came: its heights are kept',
    in: { escrow: 'taken', engine: 'endangered' },
    has: { locked: undefined },
    tip: () => 998,
    fact: locked({}, 1000),
    keeps: { locked: { h: 1000 } },
  },
  {
    rule: 'S49 settled before a `locked` three blocks ahead of our tip: not kept',
    in: { escrow: 'taken', engine: 'endangered' },
    tip: () => 997,
    fact: locked({}, 1000),
    waits: true,
  },
  {
    rule: 'S48 settled before a `locked` that does not fit: not kept',
    in: { escrow: 'taken', engine: 'endangered' },
    fact: locked({ A: height(1200) }),
    waits: true,
  },
  { rule: 'S48 taken: that it was settled is known', in: taken, fact: says('taker', notice('settled')) },
  {
    rule: 'S9 lapsed: why it was cancelled is kept',
    in: { escrow: 'lapsed', engine: 'refunded' },
    fact: says('taker', CANCELLED),
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'A9 released: that it was settled is known',
    in: { escrow: 'released', engine: 'releasing' },
    fact: says('taker', notice('settled')),
  },
  {
    rule: 'S20 released: a ruling changes nothing',
    in: { escrow: 'released', engine: 'releasing' },
    fact: says('agent', ruling('payer', 'deadline')),
  },
  {
    rule: 'S9 refunded: a ruling gives the reason where none is known',
    in: refunded,
    fact: says('agent', ruling('payer', 'deadline')),
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S9 refunded: a cancel gives the reason where none is known',
    in: refunded,
    fact: says('taker', CANCELLED),
    keeps: { why: 'Said to be cancelled.' },
  },
  {
    rule: 'S9 refunded: the first reason stands',
    in: refunded,
    has: { why: 'Said before.' },
    fact: says('taker', CANCELLED),
    keeps: { why: 'Said before.' },
  },
];

describe('PEER_HELD, the payer, from locked on', () => {
  test.each([...LOCKED, ...LATE].map((one) => [one.rule, one] as const))('%s', (_, one) =>
    expectStep(trade, 'maker', one),
  );
});
