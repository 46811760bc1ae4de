/** The invoices one node of the in-memory network hosts. */
import { hash as digest } from 'node:crypto';
import {
  TercetError,
  msat,
  type Blocks,
  type Height,
  type Msat,
  type PaymentHash,
  type PaymentRequest,
  type Preimage,
} from '@tercet/protocol';
import type { HeldHtlc, InvoiceState } from '../port.js';
import { Changes } from './changes.js';

/** lnd's MinCLTVDelta since 0.21. */
const SMALLEST_FINAL_CLTV = 24;

export interface NewInvoice {
  hash: PaymentHash;
  /** Known from the start for an ordinary invoice; a hold gets it when it is settled. */
  preimage?: Preimage;
  amountMsat: Msat;
  finalCltv: Blocks;
  description: string;
  expiresAtMs: number;
  request: PaymentRequest;
}

/** What becomes of the payment that an invoice holds, told to the payer's side. */
export interface HeldPayment {
  paid(preimage: Preimage): void;
  failed(): void;
}

interface Entry extends NewInvoice {
  isHold: boolean;
  state: 'open' | 'accepted' | 'settled' | 'cancelled';
  htlcs: HeldHtlc[];
  payment?: HeldPayment;
}

const hashOf = (preimage: Preimage): string => digest('sha256', Buffer.from(preimage, 'hex'));

export class InvoiceBook {
  readonly changes = new Changes<InvoiceState>();
  /** Of holds that were accepted. */
  readonly ends = new Changes<'ready' | PaymentHash>();
  readonly #entries = new Map<PaymentHash, Entry>();
  /** Those that wait for their payment, and may lapse. */
  readonly #open = new Set<Entry>();

  /** Idempotent; throws HASH_IN_USE and INVOICE_INVALID as the port says. */
  add(invoice: NewInvoice): PaymentRequest {
    const existing = this.#entries.get(invoice.hash);
    if (existing) {
      if (same(existing, invoice)) return existing.request;
      throw new TercetError(
        'HASH_IN_USE',
        'The node has another invoice under this payment hash. No new one was made.',
        {
          wayOut: 'Draw a fresh hash; one hash is used for one invoice only.',
        },
      );
    }
    if (invoice.finalCltv < SMALLEST_FINAL_CLTV || invoice.amountMsat < 0n)
      throw new TercetError(
        'INVOICE_INVALID',
        `The node refused to make the invoice: CLTV of ${invoice.finalCltv}.`,
        {
          wayOut: 'Ask for terms within what the node allows.',
        },
      );
    const entry: Entry = { ...invoice, isHold: invoice.preimage === undefined, state: 'open', htlcs: [] };
    this.#entries.set(invoice.hash, entry);
    this.#open.add(entry);
    this.#tell(invoice.hash);
    return invoice.request;
  }

  state(hash: PaymentHash): InvoiceState {
    const entry = this.#entries.get(hash);
    if (!entry) return { state: 'absent' };
    const { state, request, amountMsat, htlcs } = entry;
    const received = htlcs.reduce(
      (sum, htlc) => (htlc.state === 'cancelled' ? sum : sum + htlc.amountMsat),
      0n,
    );
    return {
      state,
      request,
      amountMsat,
      receivedMsat: msat(received),
      htlcs: htlcs.map((htlc) => ({ ...htlc })),
    };
  }

  /** Takes a complete set of HTLCs. False where the node would fail them. */
  accept(hash: PaymentHash, htlcs: HeldHtlc[], height: Height, nowMs: number, payment: HeldPayment): boolean {
    this.expire(nowMs);
    const entry = this.#entries.get(hash);
    if (entry?.state !== 'open') return false;
    if (htlcs.some((htlc) => htlc.expiryHeight < height + entry.finalCltv)) return false;
    if (htlcs.reduce((sum, htlc) => sum + htlc.amountMsat, 0n) < entry.amountMsat) return false;
    Object.assign(entry, { state: 'accepted', htlcs, payment });
    this.#open.delete(entry);
    if (entry.preimage === undefined) this.#tell(hash);
    else this.settle(hash, entry.preimage);
    return true;
  }

  settle(hash: PaymentHash, preimage: Preimage): void {
    const entry = this.#entries.get(hash);
    if (entry?.state !== 'accepted' || hashOf(preimage) !== hash) return;
    end(entry, 'settled');
    entry.preimage = preimage;
    this.#tell(hash);
    this.ends.tell('ends', hash);
    entry.payment?.paid(preimage);
  }

  cancel(hash: PaymentHash): void {
    const entry = this.#entries.get(hash);
    if (entry?.state !== 'open' && entry?.state !== 'accepted') return;
    const wasHeld = entry.state === 'accepted';
    end(entry, 'cancelled');
    this.#open.delete(entry);
    this.#tell(hash);
    if (wasHeld) this.ends.tell('ends', hash);
    entry.payment?.failed();
  }

  /** Open invoices lapse by the clock, accepted ones never do. */
  expire(nowMs: number): void {
    for (const entry of this.#open) if (entry.expiresAtMs <= nowMs) this.cancel(entry.hash);
  }

  /** Holds are cancelled at E - D, as lnd does it. */
  cancelDue(height: Height, holdExpiryDelta: Blocks): void {
    for (const entry of this.#entries.values()) {
      if (entry.state !== 'accepted') continue;
      const soonest = Math.min(...entry.htlcs.map((htlc) => htlc.expiryHeight));
      if (height + holdExpiryDelta >= soonest) this.cancel(entry.hash);
    }
  }

  #tell(hash: PaymentHash): void {
    this.changes.tell(hash, this.state(hash));
  }
}

const same = (a: Entry, b: NewInvoice): boolean =>
  a.amountMsat === b.amountMsat &&
  a.finalCltv === b.finalCltv &&
  a.description === b.description &&
  (b.preimage === undefined ? a.isHold : a.preimage === b.preimage);

const end = (entry: Entry, state: 'settled' | 'cancelled'): void => {
  entry.state = state;
  for (const htlc of entry.htlcs) htlc.state = state;
};
