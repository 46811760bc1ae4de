/**
 * Who is owed sats makes the invoices here: the payee of AGENT_HELD its payout invoice at the start (A6, A16), anybody a
 * fresh one when a debtor asks. A debtor is asked by state, so a client that lost everything but its seed still can (S27).
 */
import { feeLimitMsat, PAYOUT_INVOICE_SECONDS } from '../deal/limits.js';
import { latest, tell } from '../machine/rows.js';
import { agreedTerms, known } from '../machine/state.js';
import type { TradeData } from '../machine/state.js';
import { seatOf } from '../machine/step.js';
import type { Ask, Context, Guard, Keep } from '../machine/table.js';
import { ask, keep, machine, on, raise, state, to, when } from '../machine/table.js';
import type { Role } from '../messages/bodies.js';
import type { Terms } from '../terms/terms.js';
import { payoutHash } from '../terms/terms.js';
import { SMALLEST_FINAL_CLTV } from '../terms/windows.js';
import type { Effect } from '../machine/effects.js';
import type { Msat } from '../units.js';

const wantsPayout: Guard<'prepare'> = (d) =>
  d.seat === 'payee' && agreedTerms(d).terms.shape === 'AGENT_HELD';

const payoutInvoice = (d: TradeData, attempt: number, amountMsat: Msat, c: Context): Effect => {
  const { hash } = agreedTerms(d);
  return {
    kind: 'makeInvoice',
    purpose: 'payout',
    attempt,
    hash: c.keys.paymentHash(hash, 'payout', attempt),
    amountMsat,
    finalCltv: SMALLEST_FINAL_CLTV,
    expirySeconds: PAYOUT_INVOICE_SECONDS,
    description: `tercet ${hash} payout`,
  };
};
const makeFirst: Ask<'prepare'> = (d, _, c) => payoutInvoice(d, 1, agreedTerms(d).terms.payoutMsat, c);
/** Sealed to the agent and signed by us: the maker carries it and can neither read nor swap it (A6). */
const sealForAgent: Keep<'invoiceMade'> = (d, f, c) => {
  const { terms, hash } = agreedTerms(d);
  return {
    claimAttempt: 1,
    sealedPayout: {
      hash: f.hash,
      signature: c.keys.sign(payoutHash(hash, f.hash)),
      sealed: { to: 'agent', text: c.keys.seal(f.request, terms.agent.key) },
    },
  };
};

/**
 * Who can owe us: the agent what it took in, or, where the payee hosts, the payer its price (S56). Nobody else's word takes
 * an invoice of ours back: the debtor may be paying it (S2).
 */
const owes = (d: TradeData, from: Role): boolean =>
  d.shape === 'AGENT_HELD' ? from === 'agent' : d.seat === 'payee' && seatOf(d, from) === 'payer';
/** At least what the terms leave us once the tries are at our cost, so that nobody pays a debt off with a part of it (S10). */
const leastOwed = (d: TradeData, t: Terms): bigint => {
  const whole = d.seat === 'payer' ? t.priceMsat : t.payoutMsat;
  return whole - feeLimitMsat(whole);
};
/** What is owed to us at most: the whole price. Before terms are agreed nothing is. */
const plausible: Guard<'obligation'> = (d, f) =>
  d.terms !== undefined &&
  owes(d, f.from) &&
  f.body.amountMsat >= leastOwed(d, d.terms) &&
  f.body.amountMsat <= d.terms.priceMsat &&
  f.body.attempt > (d.claimAttempt ?? 0);
/** The same invoice is asked for again: our answer was lost. */
const keepObligation: Keep<'obligation'> = (_, f) => ({
  claimAttempt: f.body.attempt,
  owedBy: f.from,
  why: f.body.why,
});
const makeFresh: Ask<'obligation'> = (d, f, c) =>
  payoutInvoice(d, f.body.attempt + FRESH, f.body.amountMsat, c);
const sendFresh: Ask<'invoiceMade'> = (d, f) =>
  tell(known(d.owedBy, 'owed by'), {
    type: 'freshInvoice',
    attempt: known(d.claimAttempt, 'claim attempt'),
    hash: f.hash,
    request: f.request,
  });
/** Fresh invoices have preimages of their own, never the first one's. */
const FRESH = 1;
const cancelOpen: Ask = (d) =>
  d.ledger
    .filter((entry) => entry.kind === 'invoice' && entry.purpose === 'payout' && entry.status === 'live')
    .map((entry) => ({ kind: 'cancelHold' as const, hash: entry.hash }));

const asked = on(
  'obligation',
  when(plausible),
  to('making'),
  keep(keepObligation),
  ask(cancelOpen, makeFresh),
  'A16 S27 S56',
);

export const claim = machine('claim', 'none', {
  none: state({ at: 'rest' }, [
    on('prepare', when(wantsPayout), to('first'), ask(makeFirst), 'A6 A16'),
    asked,
  ]),
  first: state({}, [
    on(
      'invoiceMade',
      when(latest('payout')),
      to('waiting'),
      keep(sealForAgent),
      raise({ kind: 'prepared' }),
      'A6',
    ),
  ]),
  waiting: state({}, [
    on('invoicePaid', when(latest('payout')), to('paid'), raise({ kind: 'claimPaid' }), 'A9 S8'),
    asked,
    on('void', to('voided'), ask(cancelOpen), 'S9'),
  ]),
  making: state({}, [on('invoiceMade', when(latest('payout')), to('waiting'), ask(sendFresh), 'A16')]),
  paid: state({ at: 'end' }),
  // The other side still owes: only a new obligation brings a new invoice.
  voided: state({ at: 'rest' }, [asked]),
});
