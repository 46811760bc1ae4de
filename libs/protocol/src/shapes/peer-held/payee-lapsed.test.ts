/** PEER_HELD, the payee: the payer has signed its release, and the preimage doesn't come before the hold is over. */
import { describe, test } from '@jest/globals';
import type { TradeData } from '../../machine/state.js';
import type { StepCase } from '../../testing/cases.js';
import {
  accepted,
  cancelled,
  command,
  due,
  expectStep,
  ruling,
  says,
  withLine,
} from '../../testing/cases.js';
import { fiatSent } from '../../testing/steps.js';
import type { PaymentHash } from '../../units.js';
import { msat } from '../../units.js';

const CANCELLED = ['agent: cancelled', 'maker: cancelled'];
const RELEASED = { releaseSigned: true };
const GONE = 'The hold was gone before it could be settled; the payer owes the price.';
const paidByPayer = (d: TradeData): Partial<TradeData> => ({
  ...RELEASED,
  ledger: [
    ...d.ledger,
    {
      purpose: 'payout',
      attempt: 2,
      kind: 'invoice',
      hash: '88'.repeat(32) as PaymentHash,
      amountMsat: msat(100_000_000),
      status: 'settled',
    },
  ],
});
/** The payer owes, and has asked for an invoice. */
const withInvoice = (d: TradeData): Partial<TradeData> => ({
  owedBy: 'maker',
  ledger: [
    ...d.ledger,
    {
      ...{ purpose: 'payout', attempt: 2, kind: 'invoice', hash: '88'.repeat(32) as PaymentHash },
      ...{ amountMsat: msat(100_000_000), status: 'live' },
    },
  ],
});
const LAPSED: StepCase[] = [
  {
    rule: 'S14 S56 released, and no preimage by A: cancelled, the payer owes',
    in: {},
    has: RELEASED,
    fact: due('escrow.holdOver'),
    then: { escrow: 'lapsing' },
    asks: ['cancel'],
    keeps: { why: 'Released, and the hold is over before the preimage came; the payer owes the price.' },
  },
  ...['held', 'lapsing'].flatMap((escrow): StepCase[] => [
    {
      rule: `S56 ${escrow}: released and gone: the price is owed, and both are told`,
      in: { escrow },
      has: RELEASED,
      fact: cancelled,
      then: { escrow: 'unpaid' },
      asks: CANCELLED,
      keeps: { why: GONE },
    },
    {
      rule: `S9 S56 ${escrow}: gone, and what is owed was paid already: over, and both are told`,
      in: { escrow },
      has: paidByPayer,
      fact: cancelled,
      then: { escrow: 'released', engine: 'done' },
      asks: CANCELLED,
    },
  ]),
  {
    rule: 'S9 S56 held: gone and paid for before the release is known: over, and both are told',
    in: {},
    has: (d) => ({ ...paidByPayer(d), releaseSigned: false }),
    fact: cancelled,
    then: { escrow: 'released', engine: 'done' },
    asks: CANCELLED,
  },
  {
    rule: 'S8 lapsing: still held after a cancel: cancelled again',
    in: { escrow: 'lapsing' },
    has: withLine('escrow', 'live'),
    fact: accepted,
    asks: ['cancel'],
  },
  ...['held', 'lapsing', 'settling'].map((escrow): StepCase => ({
    rule: `A11 S20 ${escrow}: released and gone, and we gave up ourselves: nothing is owed`,
    in: { escrow, engine: 'cancelling' },
    has: { ...RELEASED, cancelAsked: true },
    fact: cancelled,
    then: { escrow: 'refunded', engine: 'refunded' },
    asks: CANCELLED,
  })),
  {
    rule: 'A11 S14 released, no preimage by A, and we gave up ourselves: cancelled, nothing is owed',
    in: { engine: 'cancelling' },
    has: { ...RELEASED, cancelAsked: true },
    fact: due('escrow.holdOver'),
    then: { escrow: 'refunding' },
    asks: ['cancel'],
  },
  {
    rule: 'A11 unpaid: we give up ourselves: nothing is owed any more, and our invoice for it is cancelled',
    in: { escrow: 'unpaid', engine: 'sent', claim: 'waiting' },
    has: withInvoice,
    fact: command('cmdCancel'),
    then: { escrow: 'refunded', engine: 'refunded', claim: 'voided' },
    asks: ['agent: cancelRequest', 'maker: cancelRequest', 'cancel'],
    keeps: { cancelAsked: true },
  },
  {
    rule: 'S9 S56 settling without a release or a word for us, and gone: refunded, unless a default makes it owed',
    in: { escrow: 'settling', engine: 'performing' },
    fact: cancelled,
    then: { escrow: 'refunded', engine: 'refunded' },
    asks: CANCELLED,
    keeps: { why: 'The node cancelled the hold by itself.' },
  },
  ...[{ releaseSigned: true }, { decided: 'payee' as const }].map((has): StepCase => ({
    rule: `S56 settling, ${Object.keys(has).join()}, and gone: the price is owed`,
    in: { escrow: 'settling', engine: 'performing' },
    has: { fiatSent: undefined, ...has },
    fact: cancelled,
    then: { escrow: 'unpaid' },
    asks: CANCELLED,
    keeps: { why: GONE },
  })),
  ...['lapsing', 'unpaid'].flatMap((escrow): StepCase[] => [
    {
      rule: `S45 S56 ${escrow}: a cancel that we never asked for takes back nothing that the payer has signed`,
      in: { escrow },
      fact: says('agent', ruling('payer', 'cancel')),
      keeps: { why: 'Ruled so.' },
    },
    {
      rule: `S45 ${escrow}: what is owed after a release stays owed, whatever else is ruled`,
      in: { escrow },
      fact: says('agent', ruling('payer', 'deadline')),
      keeps: { why: 'Ruled so.' },
    },
    {
      rule: `S61 ${escrow}: a preimage that comes too late isn't kept`,
      in: { escrow },
      fact: says('agent', { type: 'preimage', sealed: { to: 'taker', text: 'x' }, feeInvoice: null }),
    },
  ]),
];

describe('PEER_HELD, the payee, released and not settled', () => {
  const trade = fiatSent('sell', 'PEER_HELD');
  test.each(LAPSED.map((one) => [one.rule, one] as const))('%s', (_, one) => expectStep(trade, 'taker', one));
});
