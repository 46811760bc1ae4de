/** What a step asks the outside for. Data only: libs/daemon carries them out, each idempotent by its key. */
import type { Body, Role } from '../messages/bodies.js';
import type { Blocks, Height, Msat, NodeId, PaymentHash, PaymentRequest } from '../units.js';
import type { Purpose } from './state.js';

export interface Effects {
  /** A signed message. */
  send: {
    to: Role;
    body: Body;
    /** Counted per addressee; given by the step. */
    sequence?: number;
    /** After this height it is no longer sent: from A on no preimage is disclosed. */
    notAfter?: Height;
    /** What is sent in its place then, under the same number: a gap would hold up every later message. */
    instead?: Body;
  };
  /** An ordinary invoice on our node; its preimage is (purpose, attempt) of the keyring. */
  makeInvoice: {
    purpose: Purpose;
    attempt: number;
    hash: PaymentHash;
    amountMsat: Msat;
    finalCltv: Blocks;
    expirySeconds: number;
    description: string;
  };
  createHold: {
    hash: PaymentHash;
    amountMsat: Msat;
    cltvExpiry: Blocks;
    expirySeconds: number;
    description: string;
  };
  /** Pays an invoice after checking it (S4). */
  pay: {
    purpose: Purpose;
    attempt: number;
    request: PaymentRequest;
    expect: {
      hash: PaymentHash;
      amountMsat: Msat;
      payee: NodeId;
      leastFinalCltv: Blocks;
      mostFinalCltv: Blocks;
    };
    maxFeeMsat: Msat;
    cltvLimit: Blocks;
    /** Nothing is started at or after this height. */
    startBefore?: Height;
    /** Channels that must be active off chain (S54). */
    activeChannels: string[];
    /** Gives back what is another's: no spend cap and no kill switch holds it up (S35). */
    refund?: boolean;
  };
  /** Settles with the keyring's preimage (`own`) or with the one that was received. */
  settleHold: { hash: PaymentHash; preimage: 'own' | 'received' };
  cancelHold: { hash: PaymentHash };
  /** Writes down, before a payout, what is about to be paid (S1). */
  recordToSelf: { hash: PaymentHash; to: Role; amountMsat: Msat; attempt: number };
  /** Reads the expiry of our own payment's HTLCs. */
  readPaymentExpiry: { hash: PaymentHash };
}
export type EffectKind = keyof Effects;
export type Effect<K extends EffectKind = EffectKind> = { [P in K]: { kind: P } & Effects[P] }[K];
