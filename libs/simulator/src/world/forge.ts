/** Messages that nobody's rules would write: true ones at the wrong time, and false ones at the right time. */
import type {
  Body,
  BodyType,
  Envelope,
  MachineName,
  Msat,
  PaymentHash,
  Role,
  TradeData,
} from '@tercet/protocol';
import {
  above,
  blocks,
  msat,
  partyOf,
  publicKeyOf,
  seal,
  sealText,
  seatOf,
  SENDERS,
  sign,
  TercetError,
  unixMs,
} from '@tercet/protocol';
import { encodeMemoryRequest } from '@tercet/lightning';
import { escrowPreimage, secretOf } from './by-hand.js';
import type { World } from './port.js';

const WHY = 'Because.';
const FITTING_SHARE = 0.6;
const OTHER_HASH = 'ab'.repeat(32) as PaymentHash;

/** Signs it as this role's daemon would. */
export function sealByHand(world: World, role: Role, sequence: number, body: Body): Envelope {
  const secret = secretOf(role);
  const { tradeId } = world;
  const termsHash = world.view(role)?.state.data.termsHash;
  const message = { from: role, tradeId, sequence, termsHash, body };
  return seal(message, unixMs(world.nowMs), publicKeyOf(secret), (hash) => sign(hash, secret));
}

/** Half of them what would be taken in. Undefined where this role knows too little yet to write anything. */
export function forgedBody(world: World, role: Role, to: Role): Body | undefined {
  const data = world.view(role)?.state.data;
  if (!data) return undefined;
  const possible = data.terms ? ANY : EARLY;
  const fitting = taken(world, role, to).filter((type) => possible.includes(type));
  const choices = fitting.length > 0 && world.random.chance(FITTING_SHARE) ? fitting : possible;
  const type = choices[world.random.between(0, choices.length - 1)];
  return type && (FORGERIES[type] as Forge)(world, role, data);
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

/** What can be written by hand. Where a name stands twice in `ANY`, it is written twice as often. */
const FORGERIES = {
  tradeResponse: ({ random }) => ({
    type: 'tradeResponse',
    answer: random.pick(['rejected', 'notAvailable', 'accepted'] as const),
    reasons: [WHY],
    makerSignature: null,
    payout: null,
  }),
  cancelled: (world, _, d) => ({ type: 'cancelled', hash: d.terms ? hashOf(world, d) : null, why: WHY }),
  cancelRequest: ({ random }) => ({ type: 'cancelRequest', confirmed: random.chance(0.7) }),
  fiatSent: () => ({ type: 'fiatSent' }),
  release: () => ({ type: 'release' }),
  performing: () => ({ type: 'performing' }),
  escrowQuery: () => ({ type: 'escrowQuery' }),
  ruling: ({ random }) => ({
    type: 'ruling',
    for: random.pick(['payer', 'payee'] as const),
    by: random.pick(['cancel', 'deadline', 'default', 'lease'] as const),
    why: WHY,
  }),
  notice: (world, _, d) => ({
    type: 'notice',
    what: world.random.pick(['released', 'settled', 'waitForPerformer', 'tooLate'] as const),
    hash: hashOf(world, d),
    text: WHY,
  }),
  accepted: (world, _, d) => ({
    type: 'accepted',
    hash: hashOf(world, d),
    E: some(world),
    h: some(world),
    receivedMsat: amount(world, d),
  }),
  payerExpiry: (world, _, d) => ({ type: 'payerExpiry', hash: hashOf(world, d), E: some(world) }),
  locked: (world, _, d) => ({
    type: 'locked',
    hash: hashOf(world, d),
    ...heights(world, d),
    performBy: d.locked?.performBy ?? some(world),
    answerBy: some(world),
    decideBy: d.locked?.decideBy ?? some(world),
  }),
  performingAck: (world, _, d) => ({
    type: 'performingAck',
    performingUntil: d.locked?.performBy ?? some(world),
  }),
  custody: (world, _, d) => ({ type: 'custody', amountMsat: amount(world, d), untilHeight: some(world) }),
  obligation: (world, _, d) => ({
    type: 'obligation',
    why: WHY,
    amountMsat: amount(world, d),
    attempt: world.random.between(1, 5),
  }),
  freshInvoice: (world, role, d) => {
    const hash = world.random.chance(0.5) ? OTHER_HASH : hashOf(world, d);
    return {
      type: 'freshInvoice',
      attempt: world.random.between(1, 5),
      hash,
      request: invoice(world, role, d, hash),
    };
  },
  invoice: (world, role, d) => ({ type: 'invoice', request: invoice(world, role, d, hashOf(world, d)) }),
  preimage: (world, role, d) => ({
    type: 'preimage',
    sealed: sealedTo(
      role,
      d,
      role === 'taker' ? 'maker' : 'taker',
      world.random.chance(0.7) ? (escrowPreimage(world) ?? OTHER_HASH) : OTHER_HASH,
    ),
    feeInvoice: null,
  }),
} satisfies Partial<Record<BodyType, Forge>>;
type Forged = keyof typeof FORGERIES;

/** What needs no terms to be written. */
const EARLY: readonly Forged[] = [
  'tradeResponse',
  'cancelled',
  'cancelRequest',
  'fiatSent',
  'release',
  'obligation',
];
const ANY: readonly Forged[] = [
  ...(Object.keys(FORGERIES) as Forged[]),
  'fiatSent',
  'release',
  'cancelRequest',
];

/** What the addressee's tables take in as they stand now, from whoever sits there. */
function taken(world: World, from: Role, to: Role): Forged[] {
  const view = world.view(to);
  if (!view) return [];
  const { data, machines } = view.state;
  const party = partyOf(data);
  const rows = (Object.keys(machines) as MachineName[]).flatMap(
    (name) => party[name].states[machines[name]]?.rows ?? [],
  );
  const mine = ANY.filter((type) =>
    SENDERS[type].some((sender) => sender === from || sender === seatOf(data, from)),
  );
  return mine.filter((type) => rows.some(({ on }) => on === type));
}
