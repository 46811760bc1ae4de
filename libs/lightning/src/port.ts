/**
 * What Tercet asks of a Lightning node. Free of any node's own types, so that the core, the simulator and
 * other adapters can speak it. Every call has a deadline of its own; every stream ends when its signal aborts.
 *
 * Outcomes of sends are a closed union (S3); success is what a look-up says, never that a call returned (S8).
 */
import type {
  Blocks,
  Height,
  Msat,
  Network,
  NodeId,
  PaymentHash,
  PaymentRequest,
  Preimage,
} from '@tercet/protocol';

export interface NodeIdentity {
  nodeId: NodeId;
  network: Network;
  alias: string;
  version: string;
}

export interface Tip {
  height: Height;
  /** Block hash, hex. */
  hash: string;
}

export interface NodeTip extends Tip {
  /** The node says that it has caught up with the chain: no older block is still to come. */
  isSynced: boolean;
}

/** One HTLC of an invoice that the node hosts. */
export interface HeldHtlc {
  amountMsat: Msat;
  /** Height at which it was accepted (h of protocol.md). */
  acceptHeight: Height;
  /** Its CLTV expiry (E is the smallest of them). */
  expiryHeight: Height;
  /** Short channel id it came in by, `812345x12x0`. */
  channelId: string;
  state: 'held' | 'settled' | 'cancelled';
}

/** An invoice the node hosts, as a look-up says. `absent` is not `cancelled` (S24). */
export type InvoiceState =
  | { state: 'absent' }
  | {
      state: 'open' | 'accepted' | 'settled' | 'cancelled';
      request: PaymentRequest;
      amountMsat: Msat;
      /** Sum of what the HTLCs brought; 0 while open. */
      receivedMsat: Msat;
      htlcs: HeldHtlc[];
    };

/** One HTLC on its way from us. */
export interface SentHtlc {
  amountMsat: Msat;
  feeMsat: Msat;
  /** Expiry of the HTLC that the payee's node sees. */
  lastHopExpiry: Height;
  /** Expiry of our own first HTLC: until there our sats can be locked (`total_time_lock`). */
  firstHopExpiry: Height;
  state: 'inFlight' | 'paid' | 'failed';
}

export type PaymentFailure =
  'NO_ROUTE' | 'REJECTED_BY_DESTINATION' | 'TIMED_OUT' | 'INSUFFICIENT_BALANCE' | 'CANCELLED' | 'OTHER';

/** A payment of ours, as a look-up says. `inFlight` has no end of its own. */
export type PaymentState =
  | { state: 'absent' }
  | { state: 'inFlight'; htlcs: SentHtlc[] }
  | { state: 'paid'; preimage: Preimage; amountMsat: Msat; feeMsat: Msat }
  | { state: 'failed'; reason: PaymentFailure };

export interface DecodedInvoice {
  hash: PaymentHash;
  payee: NodeId;
  network: Network;
  /** Undefined where the invoice names no amount. */
  amountMsat?: Msat;
  finalCltv: Blocks;
  description: string;
  expiresAtMs: number;
  /** A required feature that the node doesn't know: never paid. */
  unknownRequiredFeature: boolean;
}

export interface HoldRequest {
  hash: PaymentHash;
  amountMsat: Msat;
  cltvExpiry: Blocks;
  expirySeconds: number;
  description: string;
}

export interface InvoiceRequest {
  amountMsat: Msat;
  finalCltv: Blocks;
  expirySeconds: number;
  description: string;
  /** Drawn from the seed, so that the same request made twice is the same invoice. */
  preimage: Preimage;
}

export interface PayRequest {
  request: PaymentRequest;
  hash: PaymentHash;
  amountMsat: Msat;
  maxFeeMsat: Msat;
  /** Most blocks from the tip to the first HTLC's expiry. */
  cltvLimit: Blocks;
  /** How long new attempts may start; never bounds an HTLC in flight. */
  attemptSeconds: number;
}

export interface LightningNode {
  identity(): Promise<NodeIdentity>;
  tip(): Promise<NodeTip>;
  /** The current tip first, then each new one. */
  watchTip(signal: AbortSignal): AsyncIterable<Tip>;
  /** lnd's `invoices.holdexpirydelta` (D), read from its configuration (S14). */
  holdExpiryDelta(): Promise<Blocks>;

  /** Idempotent: the same request again answers with the invoice that exists; another one under the hash throws HASH_IN_USE. */
  createHold(request: HoldRequest): Promise<PaymentRequest>;
  /** Idempotent as createHold. */
  createInvoice(request: InvoiceRequest): Promise<PaymentRequest>;
  lookUpInvoice(hash: PaymentHash): Promise<InvoiceState>;
  /** The state now, then each change, ending after settled or cancelled. Throws NODE_UNAVAILABLE where the stream broke. */
  watchInvoice(hash: PaymentHash, signal: AbortSignal): AsyncIterable<InvoiceState>;
  /**
   * `ready` once the node tells of them, then the hash of each hold whose HTLCs came to their end, among those that were
   * looked up as accepted since. Only a hint: what became of it is what a look-up says, and an end may be told late (a
   * channel whose peer is away) or not at all. One stream for any number of holds. Throws NODE_UNAVAILABLE where it broke.
   */
  watchEnds(signal: AbortSignal): AsyncIterable<'ready' | PaymentHash>;
  /** Answers with a look-up made after the call, whatever the call said (S8). */
  settleHold(hash: PaymentHash, preimage: Preimage): Promise<InvoiceState>;
  /** Answers with a look-up made after the call, whatever the call said (S8). */
  cancelHold(hash: PaymentHash): Promise<InvoiceState>;

  /** The node itself judges (S4). Throws INVOICE_INVALID. */
  decode(request: PaymentRequest): Promise<DecodedInvoice>;
  /**
   * Starts a payment and answers as soon as the node has taken it (or says it has it already).
   * Throws PAYMENT_REFUSED when the node refused it before anything was sent; any other error leaves it unknown (S3).
   */
  pay(request: PayRequest): Promise<PaymentState>;
  lookUpPayment(hash: PaymentHash): Promise<PaymentState>;
  /** The state now, then each change, ending after paid or failed. Throws NODE_UNAVAILABLE where the stream broke. */
  watchPayment(hash: PaymentHash, signal: AbortSignal): AsyncIterable<PaymentState>;
  /** Asks for a route without paying. Undefined where none fits. */
  probe(request: {
    destination: NodeId;
    amountMsat: Msat;
    finalCltv: Blocks;
    maxFeeMsat: Msat;
    cltvLimit: Blocks;
  }): Promise<{ feeMsat: Msat; totalBlocks: Blocks } | undefined>;
  /** Whether every channel named is open and active off chain (S54). */
  channelsActive(channelIds: string[]): Promise<boolean>;
  close(): void;
}
