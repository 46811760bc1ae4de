/** Messages that nobody's rules would write: true ones at the wrong time, and false ones at the right time. */
import type { Body, Envelope, Msat, PaymentHash, Role, TradeData } from '@tercet/protocol';
import {
  above,
  blocks,
  msat,
  publicKeyOf,
  seal,
  sealText,
  sign,
  TercetError,
  unixMs,
} from '@tercet/protocol';
import { encodeMemoryRequest } from '@tercet/lightning';
import { escrowPreimage, secretOf } from './by-hand.js';
import type { World } from './port.js';

const WHY = 'Because.';
const OTHER_HASH = 'ab'.repeat(32) as PaymentHash;

/** Signs it as this role's daemon would. */
export function sealByHand(world: World, role: Role, sequence: number, body: Body): Envelope {
  const secret = secretOf(role);
  const { tradeId } = world;
  const termsHash = world.view(role)?.state.data.termsHash;
  const message = { from: role, tradeId, sequence, termsHash, body };
  return seal(message, unixMs(world.nowMs), publicKeyOf(secret), (hash) => sign(hash, secret));
}

/** Undefined where this role knows too little yet to write anything. */
export function forgedBody(world: World, role: Role): Body | undefined {
  const data = world.view(role)?.state.data;
  if (!data) return undefined;
  const choices = data.terms ? FORGERIES : EARLY;
  return choices[world.random.between(0, choices.length - 1)]?.(world, role, data);
}

type Forge = (world: World, role: Role, data: TradeData) => Body;

const hashOf = ({ random }: World, d: TradeData): PaymentHash =>
  random.chance(0.8) ? (d.escrowHash ?? OTHER_HASH) : OTHER_HASH;
const some = ({ random, height }: World) => above(height, random.pick([-20, -1, 0, 1, 18, 100, 500]));
const amount = ({ random }: World, d: TradeData): Msat =>
  msat(
    random.pick([1n, d.terms?.priceMsat ?? 1n, d.terms?.payoutMsat ?? 1n, 2n * (d.terms?.priceMsat ?? 1n)]),
  );

/** An invoice of one's own node that nobody asked for. */
const invoice = (world: World, role: Role, d: TradeData, hash: PaymentHash) => {
  const { nodeId } = world.parties[role].node;
  return encodeMemoryRequest({
    hash,
    payee: nodeId,
    network: 'regtest',
    amountMsat: amount(world, d),
    finalCltv: blocks(world.random.pick([24, 80, 432, 624])),
    description: 'forged',
    expiresAtMs: world.nowMs + 3_600_000,
    unknownRequiredFeature: false,
  });
};

const sealedTo = (role: Role, d: TradeData, to: Role, text: string) => {
  const key = d.peers[to]?.key;
  if (!key) throw new TercetError('FORGERY', `the ${role} knows no key of the ${to}`, { wayOut: 'None.' });
  return { to, text: sealText(text, secretOf(role), key) };
};

const heights = (world: World, d: TradeData) => {
  const at = d.locked;
  return { h: at?.h ?? some(world), E: at?.E ?? some(world), A: at?.A ?? some(world) };
};

/** What needs no terms to be written. */
const EARLY: readonly Forge[] = [
  ({ random }) => ({
    type: 'tradeResponse',
    answer: random.pick(['rejected', 'notAvailable', 'accepted'] as const),
    reasons: [WHY],
    makerSignature: null,
    payout: null,
  }),
  () => ({ type: 'cancelled', hash: null, why: WHY }),
  () => ({ type: 'cancelRequest', confirmed: true }),
  () => ({ type: 'fiatSent' }),
  () => ({ type: 'release' }),
  () => ({ type: 'obligation', why: WHY, amountMsat: msat(1n), attempt: 1 }),
];

const FORGERIES: readonly Forge[] = [
  ...EARLY,
  () => ({ type: 'fiatSent' }),
  () => ({ type: 'release' }),
  () => ({ type: 'performing' }),
  () => ({ type: 'escrowQuery' }),
  ({ random }) => ({ type: 'cancelRequest', confirmed: random.chance(0.5) }),
  ({ random }) => ({
    type: 'ruling',
    for: random.pick(['payer', 'payee'] as const),
    by: random.pick(['cancel', 'deadline', 'default', 'lease'] as const),
    why: WHY,
  }),
  (world, _, d) => ({ type: 'cancelled', hash: hashOf(world, d), why: WHY }),
  (world, _, d) => ({
    type: 'notice',
    what: world.random.pick(['released', 'settled', 'waitForPerformer', 'tooLate'] as const),
    hash: hashOf(world, d),
    text: WHY,
  }),
  (world, _, d) => ({
    type: 'accepted',
    hash: hashOf(world, d),
    E: some(world),
    h: some(world),
    receivedMsat: amount(world, d),
  }),
  (world, _, d) => ({ type: 'payerExpiry', hash: hashOf(world, d), E: some(world) }),
  (world, _, d) => ({
    type: 'locked',
    hash: hashOf(world, d),
    ...heights(world, d),
    performBy: d.locked?.performBy ?? some(world),
    answerBy: some(world),
    decideBy: d.locked?.decideBy ?? some(world),
  }),
  (world, _, d) => ({ type: 'performingAck', performingUntil: d.locked?.performBy ?? some(world) }),
  (world, _, d) => ({ type: 'custody', amountMsat: amount(world, d), untilHeight: some(world) }),
  (world, _, d) => ({
    type: 'obligation',
    why: WHY,
    amountMsat: amount(world, d),
    attempt: world.random.between(1, 5),
  }),
  (world, role, d) => {
    const hash = world.random.chance(0.5) ? OTHER_HASH : hashOf(world, d);
    return {
      type: 'freshInvoice',
      attempt: world.random.between(1, 5),
      hash,
      request: invoice(world, role, d, hash),
    };
  },
  (world, role, d) => ({ type: 'invoice', request: invoice(world, role, d, hashOf(world, d)) }),
  (world, role, d) => ({
    type: 'preimage',
    sealed: sealedTo(
      role,
      d,
      role === 'taker' ? 'maker' : 'taker',
      world.random.chance(0.7) ? (escrowPreimage(world) ?? OTHER_HASH) : OTHER_HASH,
    ),
    feeInvoice: null,
  }),
];
