/**
 * Who is owed sats makes the invoices here: the payee of AGENT_HELD its payout invoice at the start (A6, A16), anybody a
 * fresh one when a debtor asks. A debtor is asked by state, so a client that lost everything but its seed still can (S27).
 */
import {
  feeLimitMsat,
  PAYOUT_INVOICE_SECONDS,
  SUCCESS_FEE_SECONDS,
  SUCCESS_FEE_TRIES,
} from '../deal/limits.js';
import type { DebtPurpose } from '../machine/facts.js';
import { roleOf, tell } from '../machine/rows.js';
import { agreedTerms, known } from '../machine/state.js';
import type { TradeData } from '../machine/state.js';
import type { Ask, Context, Guard, Keep } from '../machine/table.js';
import { ask, keep, machine, on, raise, state, to, when } from '../machine/table.js';
import type { Role } from '../messages/bodies.js';
import { payoutHash } from '../terms/terms.js';
import { SMALLEST_FINAL_CLTV } from '../terms/windows.js';
import type { Effect } from '../machine/effects.js';
import type { Msat } from '../units.js';

const wantsPayout: Guard<'prepare'> = (d) =>
  d.seat === 'payee' && agreedTerms(d).terms.shape === 'AGENT_HELD';

/** What this party can be owed: traders payouts, the agent its success fee. */
const claimed = (d: TradeData): DebtPurpose => (d.seat === 'agent' ? 'successFee' : 'payout');
/** Our newest invoice, whatever we pay ourselves for the like. */
const newest: Guard<'invoiceMade' | 'invoicePaid' | 'invoiceCancelled'> = (d, f) =>
  d.ledger.findLast(({ kind, purpose }) => kind === 'invoice' && purpose === claimed(d))?.hash === f.hash;
const INVOICES = {
  payout: { expirySeconds: PAYOUT_INVOICE_SECONDS, words: 'payout' },
  successFee: { expirySeconds: SUCCESS_FEE_SECONDS, words: 'success fee' },
};

const invoice = (d: TradeData, attempt: number, amountMsat: Msat, c: Context): Effect => {
  const { hash } = agreedTerms(d);
  const purpose = claimed(d);
  const { expirySeconds, words } = INVOICES[purpose];
  return {
    kind: 'makeInvoice',
    purpose,
    attempt,
    hash: c.keys.paymentHash(hash, purpose, attempt),
    amountMsat,
    finalCltv: SMALLEST_FINAL_CLTV,
    expirySeconds,
    description: `tercet ${hash} ${words}`,
  };
};
const makeFirst: Ask<'prepare'> = (d, _, c) => invoice(d, 1, agreedTerms(d).terms.payoutMsat, c);
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

const asksFee = (d: TradeData): boolean => d.ledger.some(({ purpose }) => purpose === 'successFee');

/** Our payment was settled and we have not released: a release of ours and an invoice for what comes back exclude each other. */
const wasTaken = (d: TradeData): boolean =>
  d.releaseSigned !== true &&
  d.ledger.some(
    ({ kind, purpose, status }) => kind === 'payment' && purpose === 'escrow' && status === 'paid',
  );

/** We gave up, or a refund was ruled of what we had not sent and nobody released. */
const gaveNothing = (d: TradeData): boolean =>
  d.cancelAsked === true || (d.decided === 'payer' && d.fiatSent !== true && d.releaseSigned !== true);

interface Due {
  debtor: Role;
  /** Before anything comes off for the tries at our cost. */
  wholeMsat: bigint;
  mostMsat: bigint;
  mostTries: number;
}
const EVER = Number.MAX_SAFE_INTEGER;
/**
 * Who can owe us, and what: the agent that hosts what it took in; where the payee hosts, the payer its price (S56), the
 * payee what it settled without a release (S48) and the agent's fee. Before terms are agreed nobody does (S25).
 */
function dueTo(d: TradeData): Due | undefined {
  if (!d.terms) return undefined;
  const { priceMsat, payoutMsat, successFeeMsat } = d.terms;
  if (d.shape === 'AGENT_HELD') {
    if (d.seat === 'agent') return undefined;
    const wholeMsat = d.seat === 'payer' ? priceMsat : payoutMsat;
    return { debtor: 'agent', wholeMsat, mostMsat: priceMsat, mostTries: EVER };
  }
  const price = { wholeMsat: priceMsat, mostMsat: priceMsat, mostTries: EVER };
  if (d.seat === 'payee') return gaveNothing(d) ? undefined : { debtor: roleOf(d, 'payer'), ...price };
  if (d.seat === 'payer') return wasTaken(d) ? { debtor: roleOf(d, 'payee'), ...price } : undefined;
  if (!asksFee(d)) return undefined;
  const fee = { wholeMsat: successFeeMsat, mostMsat: successFeeMsat };
  return { debtor: roleOf(d, 'payee'), ...fee, mostTries: SUCCESS_FEE_TRIES };
}
/**
 * The debtor's word, and for the whole debt, less its fee limit at most: nobody else takes an invoice of ours back while it
 * may be paid (S2, S45), and nobody pays a debt off with a part of it (S10).
 */
const plausible: Guard<'obligation'> = (d, f) => {
  const due = dueTo(d);
  const { amountMsat, attempt } = f.body;
  return (
    due !== undefined &&
    f.from === due.debtor &&
    amountMsat >= due.wholeMsat - feeLimitMsat(due.wholeMsat) &&
    amountMsat <= due.mostMsat &&
    attempt > (d.claimAttempt ?? 0) &&
    attempt <= due.mostTries
  );
};
/** Asked for before it turned out that nobody owes it: what nobody pays keeps no trade open (S9). */
const nothingDue: Guard = (d) => dueTo(d) === undefined;
const feeLapsed: Guard<'invoiceCancelled'> = (d, f, c) => d.seat === 'agent' && newest(d, f, c);
/** Our node made it, and it ran out before we heard that it was made: we were away. Nobody pays it any more. */
const feeRanOut: Guard<'invoiceMade'> = (d, f) =>
  d.seat === 'agent' &&
  d.ledger.some(({ kind, hash, status }) => kind === 'invoice' && hash === f.hash && status === 'cancelled');
const keepLapsed: Keep = (d) => ({
  why: d.why ?? 'The payee did not pay the success fee; its invoice has run out.',
});
const keepObligation: Keep<'obligation'> = (d, f) => ({
  claimAttempt: f.body.attempt,
  owedBy: f.from,
  // A fee isn't why a trade ended.
  why: d.seat === 'agent' ? d.why : f.body.why,
});
const makeFresh: Ask<'obligation'> = (d, f, c) => invoice(d, f.body.attempt + FRESH, f.body.amountMsat, c);
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
    .filter((entry) => entry.kind === 'invoice' && entry.purpose === claimed(d) && entry.status === 'live')
    .map((entry) => ({ kind: 'cancelHold' as const, hash: entry.hash }));

const asked = on(
  'obligation',
  when(plausible),
  to('making'),
  keep(keepObligation),
  ask(cancelOpen, makeFresh),
  'A16 S27 S56',
);
/** A payee that never pays the fee: seen, and the trade ends. */
const lapsed = on('invoiceCancelled', when(feeLapsed), to('unpaid'), keep(keepLapsed), 'S9');

export const claim = machine('claim', 'none', {
  none: state({ at: 'rest' }, [
    on('prepare', when(wantsPayout), to('first'), ask(makeFirst), 'A6 A16'),
    on(
      'invoicePaid',
      when((d, f, c) => d.seat === 'agent' && newest(d, f, c)),
      to('paid'),
      'A9',
    ),
    asked,
    lapsed,
  ]),
  first: state({ endedBy: 'node' }, [
    on('invoiceMade', when(newest), to('waiting'), keep(sealForAgent), raise({ kind: 'prepared' }), 'A6'),
  ]),
  waiting: state({ endedBy: 'owed' }, [
    on('invoicePaid', when(newest), to('paid'), raise({ kind: 'claimPaid' }), 'A9 S8'),
    asked,
    on('void', to('voided'), ask(cancelOpen), 'S9'),
    on('released', when(nothingDue), to('voided'), ask(cancelOpen), 'S9'),
    on('refunded', when(nothingDue), to('voided'), ask(cancelOpen), 'S9'),
    lapsed,
    // A debtor that still owes asks again, with what it owes; one that only said so keeps no trade open.
    on('invoiceCancelled', when(newest), to('voided'), 'S9'),
  ]),
  making: state({ endedBy: 'node' }, [
    on('invoiceMade', when(newest, feeRanOut), to('unpaid'), keep(keepLapsed), 'S9'),
    on('invoiceMade', when(newest, nothingDue), to('voided'), ask(cancelOpen), 'S9'),
    on('invoiceMade', when(newest), to('waiting'), ask(sendFresh), 'A16'),
  ]),
  paid: state({ at: 'end' }),
  // The other side still owes: only a new obligation brings a new invoice.
  voided: state({ at: 'rest' }, [asked]),
  unpaid: state({ at: 'rest' }, [asked]),
});
