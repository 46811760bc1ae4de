/** The state of one trade at one party: a fold over its facts. Plain data, so that it can be stored and compared. */
import type { BodyOf, Role, Seat } from '../messages/bodies.js';
import type { AgentPolicy } from '../terms/agent-terms.js';
import type { Contact, ShapeName, SignedOrder } from '../terms/order.js';
import type { Terms, TermsSignatures } from '../terms/terms.js';
import type { LockedHeights } from '../terms/windows.js';
import type {
  Height,
  Msat,
  NodeId,
  PaymentHash,
  PaymentRequest,
  Preimage,
  PublicKey,
  TermsHash,
  TradeId,
  UnixMs,
} from '../units.js';
import type { Limits } from '../deal/limits.js';
import type { At, DebtPurpose, MessageFact } from './facts.js';

/** What a payment or an invoice is for. */
export type Purpose = 'escrow' | 'retainFee' | DebtPurpose;

/**
 * One line of a trade's account book: kept by the step itself from what effects asked for and the node said.
 * `live` = the node is watched for it. Sums of settled lines are what S10 compares.
 */
export interface LedgerEntry {
  purpose: Purpose;
  attempt: number;
  kind: 'hold' | 'invoice' | 'payment';
  hash: PaymentHash;
  amountMsat: Msat;
  status: 'live' | 'accepted' | 'settled' | 'cancelled' | 'paid' | 'failed';
  /** Routing fee of a payment that went through. */
  feeMsat?: Msat;
  /** Of a payment: when the trade asked for it; it may have been sent later. */
  asked?: At;
  /** Of a payment of ours that went through: the proof that it was paid. */
  preimage?: Preimage;
  /** An operator said that it failed; the node may still say that it was paid. */
  declared?: true;
}

export interface Peer {
  key: PublicKey;
  contact?: Contact;
}

/** A wait that outlived its height, or a word that came too late, and the height (alarms.ts, late.ts). */
export interface Told {
  alarm: Alarm;
  height: Height;
}
export type WaitAlarm = 'nearEnd' | 'lateReturn' | 'custodyOverdue' | 'noWord';
/** The node says "paid" of what an operator had declared failed (late.ts). */
export type LateAlarm = 'paidAfterAll' | 'paidTwice';
export type Alarm = WaitAlarm | LateAlarm;

/** What somebody is owed: stored before anything moves, never lapsing (protocol.md section 1). */
export interface Obligation {
  to: Role;
  amountMsat: Msat;
  why: string;
  /** Number of the invoice it is tried on; the creditor answers each once. */
  attempt: number;
  /** A payout where it isn't said. */
  purpose?: DebtPurpose;
  /** Gives back what was kept: no spend cap and no kill switch holds it up (S35). */
  refund?: boolean;
  /** Tries that counted against the debtor, and when the last of them failed. */
  tries?: { count: number; height: Height; timeMs: UnixMs };
}

export interface TradeData {
  tradeId: TradeId;
  role: Role;
  seat: Seat;
  shape: ShapeName;
  signedOrder: SignedOrder;
  peers: Partial<Record<Role, Peer>>;
  agentPolicy?: AgentPolicy;
  nonce?: string;
  ownNode?: NodeId;
  ownContact?: Contact;
  /** When the negotiation began. */
  startedMs: number;
  externalWallet: boolean;
  limits: Limits;
  paymentDetails?: string;
  terms?: Terms;
  termsHash?: TermsHash;
  signatures: TermsSignatures;
  /** The payee's payout invoice as it travels: sealed to the agent. */
  sealedPayout?: BodyOf<'takeOrder'>['payout'];
  /** The invoice that the next payout goes to, once the debtor can read it. */
  successFeeInvoice?: { hash: PaymentHash; request: PaymentRequest };
  payoutRequest?: { hash: PaymentHash; request: PaymentRequest };
  leaseEnd?: Height;
  escrowHash?: PaymentHash;
  holdInvoice?: PaymentRequest;
  accepted?: { E: Height; h: Height; receivedMsat: Msat };
  payerExpiry?: Height;
  /** Our own first hop's expiry: until there our sats can be locked. */
  lockedUntil?: Height;
  locked?: LockedHeights;
  /** Channels the held HTLCs came by (S54). */
  heldChannels?: string[];
  performingUntil?: Height;
  /** The agent was away in the grace after performing-until: it begins anew here, where it could hear again. */
  graceFrom?: Height;
  fiatDetails?: string;
  fiatSent?: boolean;
  releaseSigned?: boolean;
  /** The performer gives the trade up: we ourselves, or it told us so. What no hold brings it is owed to it no more. */
  cancelAsked?: boolean;
  /** The agent said that the default is for the payee, when the hold was gone already. */
  defaultRuled?: boolean;
  /** Whom the agent decided for, as this party first heard it where that counts. */
  decided?: 'payer' | 'payee';
  preimage?: Preimage;
  custodyUntil?: Height;
  /** The node was asked to settle: from here only forward, and no payout has to fit into the hold any more (S7). */
  settling?: boolean;
  obligation?: Obligation;
  /** When what is owed is tried again, after a payment that failed. */
  nextTryMs?: UnixMs;
  claimAttempt?: number;
  owedBy?: Role;
  /** Waits that have outlived their height. */
  told?: Told[];
  /** Why the trade ended or is ending, in words. */
  why?: string;
  /** The reason is this party's own: it left. */
  left?: boolean;
  /** Messages sent to and received from each party so far. */
  sent: Partial<Record<Role, number>>;
  received: Partial<Record<Role, number>>;
  ledger: LedgerEntry[];
  /** Messages that came before the state that takes them (another sender's message is still on its way). */
  early: MessageFact[];
}

/** What every trade begins with, at whichever party. */
export const blankTrade = (limits: Limits) => ({
  limits,
  startedMs: 0,
  externalWallet: false,
  signatures: {},
  sent: {},
  received: {},
  ledger: [],
  early: [],
});

export type MachineName = 'deal' | 'engine' | 'escrow' | 'debt' | 'claim';
export interface TradeState {
  machines: Record<MachineName, string>;
  data: TradeData;
  /** Height or time deadlines now set, by machine and name, as the states declare them. */
  deadlines: Record<string, { height: Height } | { timeMs: number; withinMs?: number }>;
}

/** Terms and their hash of a trade that has them; a row that needs them stands behind a state that kept them. */
export function agreedTerms(d: TradeData): { terms: Terms; hash: TermsHash } {
  if (!d.terms || !d.termsHash) throw new Error(`trade ${d.tradeId} has no terms in a state that needs them`);
  return { terms: d.terms, hash: d.termsHash };
}

/** A field that the state guarantees. */
export function known<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`${name} is missing in a state that guarantees it`);
  return value;
}
