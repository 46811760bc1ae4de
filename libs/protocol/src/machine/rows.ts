/** Guards and effects that several tables use. */
import type { Body, Role } from '../messages/bodies.js';
import type { Effect } from './effects.js';
import type { Purpose, TradeData } from './state.js';
import type { Ask, Guard, Keep } from './table.js';
import { seatOf } from './step.js';

type AboutHash =
  | 'paymentPaid'
  | 'paymentFailed'
  | 'payRefused'
  | 'invoicePaid'
  | 'invoiceCancelled'
  | 'invoiceMade'
  | 'recorded';

/** The fact speaks of the newest try for this purpose. */
export const latest =
  (purpose: Purpose): Guard<AboutHash> =>
  (d, f) =>
    d.ledger.findLast((entry) => entry.purpose === purpose)?.hash === f.hash;

export const tell = (to: Role, body: Body): Effect => ({ kind: 'send', to, body });

/** The role that sits on a seat. */
export const roleOf = (d: TradeData, seat: 'payer' | 'payee'): Role =>
  seatOf(d, 'maker') === seat ? 'maker' : 'taker';

export const sitsAs =
  (seat: TradeData['seat']): Guard =>
  (d) =>
    d.seat === seat;

/** What the payee has settled without our release comes back: it can be paid on an invoice of ours, or was (S48). */
export const beingRepaid = (d: TradeData): boolean =>
  d.owedBy !== undefined &&
  d.owedBy === roleOf(d, 'payee') &&
  d.ledger.some(
    ({ kind, purpose, status }) =>
      kind === 'invoice' && purpose === 'payout' && (status === 'live' || status === 'settled'),
  );

export const keepWhy =
  (why: string): Keep =>
  () => ({ why });

/** The reason that came with a fact, kept for the person. */
export const keepReason: Keep<'paymentFailed' | 'payRefused'> = (d, f) => {
  // Our own node's reason not to pay stands, whatever the others say of the end (S4).
  if (f.kind === 'payRefused') return { why: f.text, left: true };
  if (d.why !== undefined) return {};
  // Why the host let it fail is the host's to say, before or after; a payment that never got there failed by itself.
  return { why: `The payment failed: ${f.reason}.`, left: f.reason !== 'REJECTED_BY_DESTINATION' };
};

/** This party leaves the trade for a reason of its own: what others say of the end afterwards doesn't replace it. */
export const leaveBecause =
  (why: string): Keep =>
  () => ({ why, left: true });
export const keepRuling: Keep<'ruling'> = (d, f) => (d.left ? {} : { why: f.body.why });
/** Word of an end that our own node told first: the reason, where none is known yet. */
export const keepReasonOfEnd: Keep<'ruling' | 'cancelled'> = (d, f) => ({ why: d.why ?? f.body.why });
export const keepCancelled: Keep<'cancelled'> = (d, f) => (d.left ? {} : { why: f.body.why });

/** The performer's own word to the payer, who takes nobody else's for it. */
export const sayGivenUp: Ask = (d) => tell(roleOf(d, 'payer'), { type: 'cancelRequest', confirmed: true });

export const cancelEscrow: Ask = (d) => (d.escrowHash ? { kind: 'cancelHold', hash: d.escrowHash } : []);

/** The same words to both traders. */
export const both = (body: Body): Effect[] => [tell('maker', body), tell('taker', body)];
export const tellBoth =
  (make: (d: TradeData) => Body): Ask =>
  (d) =>
    both(make(d));
