/** What the node says of a line of an account book, as a fact of its trade. */
import type { HeldHtlc, InvoiceState } from '@tercet/lightning';
import type { At, LedgerEntry } from '@tercet/protocol';
import { enterFact, height, unixMs } from '@tercet/protocol';
import type { NewFact } from '../executor/port.js';

/** The node says that it is over, or that it knows nothing of it: either way nothing more is to be heard. */
export interface Heard {
  fact?: NewFact;
  isLast: boolean;
  state: string;
}

/** A word about an invoice of ours. */
export const heardOf = (entry: Pick<LedgerEntry, 'kind' | 'hash'>, state: InvoiceState): Heard => ({
  fact: invoiceFact(entry, state),
  isLast: state.state !== 'open' && state.state !== 'accepted',
  state: state.state,
});

/** Not, where the line says it already: what is known stays known (S21), and thousands of look-ups at a start tell nothing new. */
export const isNews = (entry: LedgerEntry, fact: NewFact): boolean =>
  enterFact([entry], { ...fact, at: NEVER }) !== 'known';
/** A line doesn't ask when. */
const NEVER: At = { height: height(0), timeMs: unixMs(0) };

/** What a look-up of an invoice of ours says, as a fact; nothing while it is open. */
export function invoiceFact(
  entry: Pick<LedgerEntry, 'kind' | 'hash'>,
  state: InvoiceState,
): NewFact | undefined {
  const { hash } = entry;
  const hold = entry.kind === 'hold';
  switch (state.state) {
    case 'absent':
    case 'open':
      return undefined;
    case 'accepted':
      return hold
        ? { kind: 'holdAccepted', hash, receivedMsat: state.receivedMsat, htlcs: state.htlcs.filter(isHeld) }
        : undefined;
    case 'settled':
      return hold
        ? { kind: 'holdSettled', hash }
        : { kind: 'invoicePaid', hash, receivedMsat: state.receivedMsat };
    case 'cancelled':
      return hold ? { kind: 'holdCancelled', hash } : { kind: 'invoiceCancelled', hash };
  }
}

const isHeld = (htlc: HeldHtlc): boolean => htlc.state === 'held';
