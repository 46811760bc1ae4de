/**
 * The signed bodies (protocol.md section 4): one schema each, strict, so that an unknown field is refused.
 * `SENDERS` names who may send which (S30): roles are checked before state.
 */
import { z } from 'zod';
import { contact, signedOrder, SHAPES } from '../terms/order.js';
import { terms } from '../terms/terms.js';
import * as f from './fields.js';

export const ROLES = ['maker', 'taker', 'agent'] as const;
/** Who a party is in the market. */
export type Role = (typeof ROLES)[number];
/** Who a party is in the escrow. */
export type Seat = 'payer' | 'payee' | 'agent';

/** A text for one reader only. `text` is in the clear inside a daemon and NIP-44 on the wire. */
const sealed = z.strictObject({ to: z.enum(ROLES), text: f.sealedText });

/** The payee's invoice for the payout, sealed to the agent; its hash signed by the payee (A6). */
export const payout = z.strictObject({
  hash: f.paymentHash,
  signature: f.signature,
  sealed,
});

/** An ordinary invoice and its hash; the payer's own node checks that they belong together (S4). */
const hashedInvoice = z.strictObject({ hash: f.paymentHash, request: f.paymentRequest });

/** Of a debt that never lapses, one a minute: two years. */
const attempt = z.int().min(1).max(1_000_000);

const reasons = z.array(f.words(300)).max(16);

export const BODIES = {
  solicit: z.strictObject({
    type: z.literal('solicit'),
    signedOrder,
    shape: z.enum(SHAPES),
    takerNode: f.nodeId,
    takerContact: contact,
    nonce: f.nonce,
  }),
  signedTerms: z.strictObject({
    type: z.literal('signedTerms'),
    terms,
    signature: f.signature,
    feeInvoice: hashedInvoice.nullable(),
  }),
  takeOrder: z.strictObject({
    type: z.literal('takeOrder'),
    terms,
    agentSignature: f.signature,
    takerSignature: f.signature,
    takerContact: contact,
    payout: payout.nullable(),
  }),
  tradeResponse: z.strictObject({
    type: z.literal('tradeResponse'),
    answer: z.enum(['accepted', 'rejected', 'notAvailable']),
    reasons,
    makerSignature: f.signature.nullable(),
    payout: payout.nullable(),
  }),
  retain: z.strictObject({
    type: z.literal('retain'),
    agentSignature: f.signature,
    takerSignature: f.signature,
    makerSignature: f.signature,
    payout: payout.nullable(),
  }),
  retained: z.strictObject({
    type: z.literal('retained'),
    signature: f.signature,
    makerSignature: f.signature,
    leaseEnd: f.height,
    /** The escrow's hash: "for this trade, known to me alone". */
    hash: f.paymentHash,
    /** AGENT_HELD, to the payer: the hold invoice. */
    holdInvoice: f.paymentRequest.nullable(),
  }),
  invoice: z.strictObject({ type: z.literal('invoice'), request: f.paymentRequest }),
  accepted: z.strictObject({
    type: z.literal('accepted'),
    hash: f.paymentHash,
    E: f.height,
    h: f.height,
    receivedMsat: f.msatField,
  }),
  payerExpiry: z.strictObject({ type: z.literal('payerExpiry'), hash: f.paymentHash, E: f.height }),
  locked: z.strictObject({
    type: z.literal('locked'),
    hash: f.paymentHash,
    h: f.height,
    E: f.height,
    A: f.height,
    performBy: f.height,
    answerBy: f.height,
    decideBy: f.height,
  }),
  fiatDetails: z.strictObject({ type: z.literal('fiatDetails'), sealed }),
  performing: z.strictObject({ type: z.literal('performing') }),
  performingAck: z.strictObject({ type: z.literal('performingAck'), performingUntil: f.height }),
  escrowQuery: z.strictObject({ type: z.literal('escrowQuery') }),
  escrowStatus: z.strictObject({
    type: z.literal('escrowStatus'),
    state: f.words(40),
    A: f.height.nullable(),
    decideBy: f.height.nullable(),
    payoutHash: f.paymentHash.nullable(),
    tipHeight: f.height,
  }),
  fiatSent: z.strictObject({ type: z.literal('fiatSent') }),
  release: z.strictObject({ type: z.literal('release') }),
  cancelRequest: z.strictObject({ type: z.literal('cancelRequest'), confirmed: z.boolean() }),
  /** The agent's recorded decision: by cancel, deadline or default now, by an arbiter later. */
  ruling: z.strictObject({
    type: z.literal('ruling'),
    for: f.side,
    by: z.enum(['cancel', 'deadline', 'default', 'lease']),
    why: f.words(300),
  }),
  /** PEER_HELD release: the preimage, to the payee only, and the success fee's invoice. */
  preimage: z.strictObject({
    type: z.literal('preimage'),
    sealed,
    feeInvoice: hashedInvoice.nullable(),
  }),
  cancelled: z.strictObject({
    type: z.literal('cancelled'),
    hash: f.paymentHash.nullable(),
    why: f.words(300),
  }),
  custody: z.strictObject({
    type: z.literal('custody'),
    amountMsat: f.msatField,
    untilHeight: f.height,
  }),
  obligation: z.strictObject({
    type: z.literal('obligation'),
    why: f.words(300),
    amountMsat: f.msatField,
    attempt,
  }),
  freshInvoice: z.strictObject({
    type: z.literal('freshInvoice'),
    attempt,
    hash: f.paymentHash,
    request: f.paymentRequest,
  }),
  /** Told after the fact; nothing hangs on it that a node wouldn't also say. */
  notice: z.strictObject({
    type: z.literal('notice'),
    what: z.enum(['released', 'settled', 'waitForPerformer', 'tooLate']),
    hash: f.paymentHash.nullable(),
    text: f.words(300),
  }),
} as const;

export type BodyType = keyof typeof BODIES;
export type BodyOf<T extends BodyType> = z.output<(typeof BODIES)[T]>;
export type Body = { [T in BodyType]: BodyOf<T> }[BodyType];

/** Any of them, told apart by its type. */
export const body = z.discriminatedUnion('type', [
  BODIES.solicit,
  BODIES.signedTerms,
  BODIES.takeOrder,
  BODIES.tradeResponse,
  BODIES.retain,
  BODIES.retained,
  BODIES.invoice,
  BODIES.accepted,
  BODIES.payerExpiry,
  BODIES.locked,
  BODIES.fiatDetails,
  BODIES.performing,
  BODIES.performingAck,
  BODIES.escrowQuery,
  BODIES.escrowStatus,
  BODIES.fiatSent,
  BODIES.release,
  BODIES.cancelRequest,
  BODIES.ruling,
  BODIES.preimage,
  BODIES.cancelled,
  BODIES.custody,
  BODIES.obligation,
  BODIES.freshInvoice,
  BODIES.notice,
]);

/** Who may send it. By role where the market decides, by seat where the escrow does. */
export const SENDERS: Record<BodyType, readonly (Role | Seat)[]> = {
  solicit: ['taker'],
  signedTerms: ['agent'],
  takeOrder: ['taker'],
  tradeResponse: ['maker', 'agent'],
  retain: ['payer'],
  retained: ['agent'],
  invoice: ['payee'],
  accepted: ['payee'],
  payerExpiry: ['payer'],
  locked: ['agent'],
  fiatDetails: ['payer'],
  performing: ['payee'],
  performingAck: ['agent'],
  escrowQuery: ['payer', 'payee'],
  escrowStatus: ['agent'],
  fiatSent: ['payee'],
  release: ['payer'],
  cancelRequest: ['payer', 'payee'],
  ruling: ['agent'],
  preimage: ['agent'],
  cancelled: ['payee', 'agent'],
  custody: ['agent'],
  obligation: ['agent', 'payer', 'payee'],
  freshInvoice: ['agent', 'payer', 'payee'],
  notice: ['agent', 'payee'],
};
