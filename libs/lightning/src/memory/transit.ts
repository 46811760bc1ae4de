/** What happens to HTLCs between the node that sent them and the node they are for. */
import type { Height, Msat, NodeId, PaymentHash, Preimage } from '@tercet/protocol';
import type { PaymentFailure } from '../port.js';

/** All HTLCs of one payment. */
export interface HtlcSet {
  hash: PaymentHash;
  payer: NodeId;
  host: NodeId;
  /** What arrives, and what it costs on the way. */
  amountMsat: Msat;
  feeMsat: Msat;
  /** Expiry at the payee's node and at the payer's. */
  lastHopExpiry: Height;
  firstHopExpiry: Height;
}

/** What a network may do with HTLCs under way. Once the payer has heard of an end, nothing changes it any more. */
export interface Ways {
  /** The payee's node gets them: it holds, settles or fails them. */
  arrive(): void;
  /** They come back to the payer: a node on the way, or the chain after their expiry, has failed them. */
  fail(reason: PaymentFailure): void;
  /** A node on the way that knows the preimage takes them: the payer's are paid, whatever becomes of the payee's (S48). */
  take(preimage: Preimage): void;
}

/** When HTLCs get where they go: at once unless told. */
export interface Transit {
  forth(set: HtlcSet, ways: Ways): void;
  /** The payee's node has settled or failed them; `tell` lets the payer's node know. */
  back(set: HtlcSet, how: 'settled' | 'failed', tell: () => void): void;
}

export const AT_ONCE: Transit = {
  forth: (_, ways) => ways.arrive(),
  back: (_, __, tell) => tell(),
};
