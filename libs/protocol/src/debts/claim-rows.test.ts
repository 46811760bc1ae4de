import { describe, test } from '@jest/globals';
import type { TradeData } from '../machine/state.js';
import type { Body } from '../messages/bodies.js';
import type { StepCase } from '../testing/cases.js';
import { cancelled, expectStep, says, saysOf, told } from '../testing/cases.js';
import { fiatSent } from '../testing/steps.js';
import type { PaymentHash, PaymentRequest } from '../units.js';
import { msat } from '../units.js';

const PRICE = 100_000_000;
const owes = (attempt: number, amountMsat = PRICE): Body => ({
  type: 'obligation',
  why: 'Owed so.',
  amountMsat: msat(amountMsat),
  attempt,
});
const GAVE_UP = { cancelAsked: true };
const payoutHash = '55'.repeat(32) as PaymentHash;
const OURS = '88'.repeat(32) as PaymentHash;
const asked = { owedBy: 'maker', why: 'Owed so.' };

/** PEER_HELD: the payee hosted, so nobody has an invoice of it yet. */
const WITHOUT_INVOICE: StepCase[] = ['none', 'voided'].flatMap((claim): StepCase[] => [
  {
    rule: `S27 S56 ${claim}: a debtor asks, and gets an invoice of its own`,
    in: { claim },
    fact: says('maker', owes(1)),
    then: { claim: 'making' },
    asks: ['invoice payout 2'],
    keeps: { ...asked, claimAttempt: 1 },
  },
  {
    rule: `S20 S59 ${claim}: refunded before anything was sent: nothing is taken for it`,
    in: { claim },
    has: { decided: 'payer', fiatSent: undefined },
    fact: says('maker', owes(1)),
    waits: true,
  },
  {
    rule: `S56 ${claim}: refunded, nothing sent, and released all the same: what is owed is taken`,
    in: { claim },
    has: { decided: 'payer', fiatSent: undefined, releaseSigned: true },
    fact: says('maker', owes(1)),
    then: { claim: 'making' },
    asks: ['invoice payout 2'],
  },
  {
    rule: `A11 S9 ${claim}: sent, and given up by ourselves: nothing is taken for it`,
    in: { claim },
    has: { decided: 'payer', ...GAVE_UP },
    fact: says('maker', owes(1)),
    waits: true,
  },
  {
    rule: `S56 ${claim}: refunded, and the fiat was sent: what is owed is taken`,
    in: { claim },
    has: { decided: 'payer' },
    fact: says('maker', owes(1)),
    then: { claim: 'making' },
    asks: ['invoice payout 2'],
  },
  {
    rule: `S4 ${claim}: more than the price is never owed`,
    in: { claim },
    fact: says('maker', owes(1, PRICE + 1)),
    waits: true,
  },
  {
    rule: `S21 ${claim}: each number is answered once`,
    in: { claim },
    has: { claimAttempt: 3 },
    fact: says('maker', owes(3)),
    waits: true,
  },
]);
/** An invoice for what the payer said that it owes is out, or being made. */
const withInvoice = (d: TradeData): Partial<TradeData> => ({
  owedBy: 'maker',
  claimAttempt: 1,
  ledger: [
    ...d.ledger,
    { purpose: 'payout', attempt: 2, kind: 'invoice', hash: OURS, amountMsat: msat(PRICE), status: 'live' },
  ],
});
const refunding = { escrow: 'refunding', engine: 'cancelling' };
const refunded = { escrow: 'refunded', engine: 'refunded' };
const CANCELLED = ['agent: cancelled', 'maker: cancelled'];
const NOT_OWED: StepCase[] = [
  {
    rule: 'A11 S9 given up by ourselves, the invoice out: it is cancelled, and nobody waits for it',
    in: { ...refunding, claim: 'waiting' },
    has: (d) => ({ ...withInvoice(d), ...GAVE_UP }),
    fact: cancelled,
    then: { ...refunded, claim: 'voided' },
    asks: [...CANCELLED, 'cancel'],
  },
  {
    rule: 'S9 refunded without our own doing: who says that it owes is waited for',
    in: { ...refunding, claim: 'waiting' },
    has: withInvoice,
    fact: cancelled,
    then: refunded,
    asks: CANCELLED,
  },
  {
    rule: 'S9 our invoice ran out: who still owes asks again, and one that only said so keeps nothing open',
    in: { claim: 'waiting' },
    has: withInvoice,
    fact: saysOf('payout', 'invoiceCancelled'),
    then: { claim: 'voided' },
  },
  {
    rule: 'S9 the same where we have paid something back ourselves since',
    in: { claim: 'waiting' },
    has: (d) => {
      const { ledger = [], ...more } = withInvoice(d);
      const back = { purpose: 'payout', attempt: 1, kind: 'payment', hash: payoutHash } as const;
      return { ...more, ledger: [...ledger, { ...back, amountMsat: msat(PRICE), status: 'paid' }] };
    },
    fact: () => ({ kind: 'invoiceCancelled', hash: OURS }),
    then: { claim: 'voided' },
  },
  {
    rule: 'A11 S9 given up while the invoice is being made: cancelled, and nobody hears of it',
    in: { claim: 'making' },
    has: (d) => ({ ...withInvoice(d), ...GAVE_UP }),
    fact: () => ({ kind: 'invoiceMade', hash: OURS, request: 'lnbcrt1ours' as PaymentRequest }),
    then: { claim: 'voided' },
    asks: ['cancel'],
  },
  {
    rule: 'A16 made, and owed: whoever owes is given it',
    in: { claim: 'making' },
    has: withInvoice,
    fact: () => ({ kind: 'invoiceMade', hash: OURS, request: 'lnbcrt1ours' as PaymentRequest }),
    then: { claim: 'waiting' },
    asks: ['maker: freshInvoice'],
  },
];
/** AGENT_HELD: the invoice that was handed over is open. */
const WITH_INVOICE: StepCase[] = [
  ...['waiting', 'voided'].map((claim): StepCase => ({
    rule: `S1 A16 ${claim}: a fresh invoice takes the place of the open one, which is cancelled`,
    in: { claim },
    fact: says('agent', owes(2)),
    then: { claim: 'making' },
    asks: ['cancel', 'invoice payout 3'],
    keeps: { owedBy: 'agent', why: 'Owed so.', claimAttempt: 2 },
  })),
  {
    rule: 'S9 nothing will come any more: the open invoice is cancelled',
    in: { claim: 'waiting' },
    fact: told('void'),
    then: { claim: 'voided' },
    asks: ['cancel'],
  },
  {
    rule: 'S4 more than the price is never owed, whatever was handed over',
    in: { claim: 'waiting' },
    fact: says('agent', owes(2, PRICE + 1)),
    waits: true,
  },
];

const named = (cases: StepCase[]) => cases.map((one) => [one.rule, one] as const);

describe('who is owed', () => {
  const hosted = fiatSent('sell', 'PEER_HELD');
  test.each(named([...WITHOUT_INVOICE, ...NOT_OWED]))('PEER_HELD: %s', (_, one) =>
    expectStep(hosted, 'taker', one),
  );
  const handedOver = fiatSent('sell', 'AGENT_HELD');
  test.each(named(WITH_INVOICE))('AGENT_HELD: %s', (_, one) => expectStep(handedOver, 'taker', one));
});

test('S9 a fee invoice that ran out before the agent heard that it was made waits for nobody', () => {
  const feeHash = '77'.repeat(32) as PaymentHash;
  expectStep(fiatSent('sell', 'PEER_HELD'), 'agent', {
    rule: 'S9',
    in: { engine: 'released', escrow: 'released', claim: 'making' },
    has: (d) => ({
      ledger: [
        ...d.ledger,
        {
          ...{ purpose: 'successFee', attempt: 2, kind: 'invoice', hash: feeHash, amountMsat: msat(1) },
          status: 'cancelled',
        },
      ],
    }),
    fact: () => ({ kind: 'invoiceMade', hash: feeHash, request: 'lnbcrt1fee' as PaymentRequest }),
    then: { claim: 'unpaid' },
    keeps: { why: 'The payee did not pay the success fee; its invoice has run out.' },
  });
});
