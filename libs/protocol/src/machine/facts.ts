/** What can happen to a trade. Every fact carries the tip and the time it was taken in at: the core knows no clock. */
import type { BodyOf, BodyType, Role } from '../messages/bodies.js';
import type { AgentPolicy } from '../terms/agent-terms.js';
import type { Contact, ShapeName, SignedOrder } from '../terms/order.js';
import type { Height, Msat, NodeId, PaymentHash, PaymentRequest, Preimage, UnixMs } from '../units.js';

/** What a debt is for; a payout is also what goes back from custody, and a price whose hold was lost. */
export type DebtPurpose = 'payout' | 'successFee';

/** One HTLC of a hold that this party's node hosts. */
export interface HtlcSeen {
  amountMsat: Msat;
  acceptHeight: Height;
  expiryHeight: Height;
  channelId: string;
}

/** A message, after the checks of the envelope. */
interface Received {
  from: Role;
  sequence: number;
  envelopeId: string;
}
type MessageFacts = { [T in BodyType]: Received & { body: BodyOf<T> } };

/** What a person asks for. */
export interface Commands {
  cmdTake: {
    signedOrder: SignedOrder;
    agent: AgentPolicy;
    shape: ShapeName;
    node: NodeId;
    contact: Contact;
    nonce: string;
    /** The seller's account details, told to the payee after `locked`. */
    paymentDetails?: string;
    externalWallet: boolean;
  };
  cmdSent: object;
  cmdRelease: object;
  cmdCancel: { confirmed: boolean };
}

/** A fact that an operator brought in the node's place: recorded with its reason, and who and when. */
export interface OperatorWord {
  /** Scope of the token that it came with. */
  by: string;
  note: string;
}

/** What the party's own node and chain say. */
interface NodeFacts {
  holdAccepted: { hash: PaymentHash; receivedMsat: Msat; htlcs: HtlcSeen[] };
  holdSettled: { hash: PaymentHash };
  holdCancelled: { hash: PaymentHash };
  invoicePaid: { hash: PaymentHash; receivedMsat: Msat };
  invoiceCancelled: { hash: PaymentHash };
  paymentPaid: { hash: PaymentHash; preimage: Preimage; feeMsat: Msat; operator?: OperatorWord };
  paymentFailed: { hash: PaymentHash; reason: string; operator?: OperatorWord };
}

/** Results of effects. */
interface EffectFacts {
  holdCreated: { hash: PaymentHash; request: PaymentRequest };
  invoiceMade: { hash: PaymentHash; request: PaymentRequest };
  recorded: { hash: PaymentHash };
  /** Nothing was sent: the check before paying failed, or the node refused. */
  payRefused: { hash: PaymentHash; reason: string; text: string };
  paymentExpiry: { hash: PaymentHash; E: Height; firstHopExpiry: Height };
  /** The addressee refused a message for good. */
  undelivered: { to: Role; type: BodyType; code: string; text: string };
}

/** What one machine of a party tells the others in the same step: the narrow interface of style.md. */
interface InternalFacts {
  /** deal -> claim: have your invoice ready, if the shape wants one. */
  prepare: object;
  prepared: object;
  /** deal -> escrow (agent): have the hold, or its hash, ready. */
  host: object;
  hosted: { holdInvoice: PaymentRequest | null };
  /** deal -> escrow: all have signed. */
  agreed: object;
  /** escrow -> engine, deal. */
  secured: object;
  unsecured: { why: string };
  endangered: { why: string };
  released: object;
  refunded: object;
  /** engine -> escrow. */
  releaseEscrow: object;
  refundEscrow: { why: string; by: 'cancel' | 'deadline' };
  /** engine -> escrow (payer): the performer's "sent", heard when the hold was gone already. */
  sentAfterAll: object;
  /** engine -> escrow, debt: the performer gives the trade up, by its own word; `debtVoided` follows where it was owed something. */
  givenUp: object;
  /** engine -> escrow: decide-by has passed with fiat sent and nobody answering. */
  undecided: object;
  /** escrow -> debt, and back. */
  owe: { to: Role; amountMsat: Msat; why: string; purpose?: DebtPurpose; refund?: boolean };
  debtPaid: object;
  debtBlocked: { why: string };
  debtVoided: object;
  /** claim -> escrow: what was owed to us has arrived. */
  claimPaid: object;
  /** deal, escrow -> claim: nothing will come on the open invoice any more. */
  void: object;
}

interface Timers {
  /** A deadline that a state declares has been reached. */
  due: {
    name: string;
    /** Since which height this daemon has heard its peers without a break; absent = always. */
    hearingSince?: Height;
  };
}

/** Outside facts and internal ones, by kind. */
export type Facts = MessageFacts & Commands & NodeFacts & EffectFacts & InternalFacts & Timers;
export type FactKind = keyof Facts;
export interface At {
  height: Height;
  timeMs: UnixMs;
}
interface Taken {
  at: At;
  /** Hashes that the step would use, and that were used before (S12): it has to do without. */
  used?: readonly PaymentHash[];
}
export type Fact<K extends FactKind = FactKind> = { [P in K]: { kind: P } & Taken & Facts[P] }[K];
export type MessageFact = Fact<BodyType>;
export type InternalKind = keyof InternalFacts;
export type CommandKind = keyof Commands;
export const COMMANDS: readonly CommandKind[] = ['cmdTake', 'cmdSent', 'cmdRelease', 'cmdCancel'];
