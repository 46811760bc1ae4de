/** The account book of a trade: entered from what effects ask for and what the node says (S10, S12). */
import type { Effect } from './effects.js';
import type { At, Fact } from './facts.js';
import type { LedgerEntry } from './state.js';

/** Still to be watched at the node (S9, S23). */
export const isLive = (entry: LedgerEntry): boolean => entry.status === 'live' || entry.status === 'accepted';

/** It failed by an operator's word alone: the node's, that it was paid, replaces that whenever it comes. */
const isInDoubt = ({ declared, status }: LedgerEntry): boolean => declared === true && status === 'failed';

/** A new line for each effect that opens a hold, an invoice or a payment. */
export function enterEffect(ledger: LedgerEntry[], effect: Effect, asked: At): LedgerEntry[] {
  switch (effect.kind) {
    case 'createHold':
      return [...ledger, line('hold', 'escrow', 1, effect.hash, effect.amountMsat)];
    case 'makeInvoice':
      return [...ledger, line('invoice', effect.purpose, effect.attempt, effect.hash, effect.amountMsat)];
    case 'pay':
      return [
        ...ledger,
        {
          ...line('payment', effect.purpose, effect.attempt, effect.expect.hash, effect.expect.amountMsat),
          asked,
        },
      ];
    default:
      return ledger;
  }
}

const line = (
  kind: LedgerEntry['kind'],
  purpose: LedgerEntry['purpose'],
  attempt: number,
  hash: LedgerEntry['hash'],
  amountMsat: LedgerEntry['amountMsat'],
): LedgerEntry => ({ kind, purpose, attempt, hash, amountMsat, status: 'live' });

type Entered = LedgerEntry[] | 'known' | 'unrelated';
type Status = LedgerEntry['status'];

/** Which fact moves which kind of line to which status. */
const MOVES = {
  holdAccepted: ['hold', 'accepted'],
  holdSettled: ['hold', 'settled'],
  holdCancelled: ['hold', 'cancelled'],
  invoicePaid: ['invoice', 'settled'],
  invoiceCancelled: ['invoice', 'cancelled'],
  paymentPaid: ['payment', 'paid'],
  paymentFailed: ['payment', 'failed'],
  payRefused: ['payment', 'failed'],
} as const satisfies Partial<Record<Fact['kind'], readonly [LedgerEntry['kind'], Status]>>;

/** Moves the line a node fact speaks of. `known`: it was there already, or a final line is spoken of again (S20, S21). */
export function enterFact(ledger: LedgerEntry[], fact: Fact): Entered {
  if (!(fact.kind in MOVES)) return 'unrelated';
  const kind = fact.kind as keyof typeof MOVES;
  const [lineKind, status] = MOVES[kind];
  const hash = (fact as Fact<typeof kind>).hash;
  const index = ledger.findIndex(
    (entry) => entry.hash === hash && entry.kind === lineKind && (isLive(entry) || isInDoubt(entry)),
  );
  const entry = ledger[index];
  if (!entry || entry.status === status || (isInDoubt(entry) && status !== 'paid')) return 'known';
  const moved: LedgerEntry = { ...entry, status };
  if (fact.kind === 'paymentFailed' && fact.operator) moved.declared = true;
  if (fact.kind === 'paymentPaid') Object.assign(moved, { feeMsat: fact.feeMsat, preimage: fact.preimage });
  return ledger.with(index, moved);
}

/** The line a hash stands on. */
export const lineOf = (ledger: LedgerEntry[], hash: string): LedgerEntry | undefined =>
  ledger.findLast((entry) => entry.hash === hash);
