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
import type { Trade } from './trade.js';

const WHY = 'Because.';
const FITTING_SHARE = 0.6;
const OTHER_HASH = 'ab'.repeat(32) as PaymentHash;

/** A message that somebody writes itself. */
export interface Written {
  role: Role;
  to: Role;
  sequence: number;
  body: Body;
}

/** Signs it as this role's daemon would. */
export function sealByHand(world: World, trade: Trade, { role, to, sequence, body }: Written): Envelope {
  const secret = secretOf(role, trade);
  const { tradeId } = trade;
  const termsHash = trade.view(role)?.state.data.termsHash;
  const message = { from: role, to, tradeId, sequence, termsHash, body };
  return seal(message, unixMs(world.nowMs), publicKeyOf(secret), (hash) => sign(hash, secret));
}

/** Half of them what would be taken in. Undefined where this role knows too little yet to write anything. */
export function forgedBody(
  world: World,
  trade: Trade,
  { role, to }: Record<'role' | 'to', Role>,
): Body | undefined {
  const data = trade.view(role)?.state.data;
  if (!data) return undefined;
  const possible = data.terms ? ANY : EARLY;
  const fitting = taken(trade, role, to).filter((type) => possible.includes(type));
  const choices = fitting.length > 0 && world.random.chance(FITTING_SHARE) ? fitting : possible;
  const type = choices[world.random.between(0, choices.length - 1)];
  return type && (FORGERIES[type] as Forge)(world, { trade, role, data });
}

/** Who writes, of what trade, and what it knows of it. */
interface Writer {
  trade: Trade;
  role: Role;
  data: TradeData;
}
type Forge = (world: World, writer: Writer) => Body;

/** Nobody's, or one that is spoken for in a trade beside this one. */
const otherHash = ({ random, trades }: World, trade: Trade): PaymentHash => {
  const beside = trades.find((one) => one !== trade)?.view('agent')?.state.data.escrowHash;
  return beside !== undefined && random.chance(0.7) ? beside : OTHER_HASH;
};
const hashOf = (world: World, { trade, data }: Writer): PaymentHash =>
  world.random.chance(0.8) ? (data.escrowHash ?? otherHash(world, trade)) : otherHash(world, trade);
const some = ({ random, height }: World) => above(height, random.pick([-20, -1, 0, 1, 18, 100, 500]));
const amount = ({ random }: World, d: TradeData): Msat =>
  msat(
    random.pick([1n, d.terms?.priceMsat ?? 1n, d.terms?.payoutMsat ?? 1n, 2n * (d.terms?.priceMsat ?? 1n)]),
  );

/** An invoice of one's own node that nobody asked for. */
const invoice = (world: World, { role, data }: Writer, hash: PaymentHash) => {
  const { nodeId } = world.parties[role].node;
  return encodeMemoryRequest({
    hash,
    payee: nodeId,
    network: 'regtest',
    amountMsat: amount(world, data),
    finalCltv: blocks(world.random.pick([24, 80, 432, 624])),
    description: 'forged',
    expiresAtMs: world.nowMs + 3_600_000,
    unknownRequiredFeature: false,
  });
};

const sealedTo = ({ trade, role, data }: Writer, to: Role, text: string) => {
  const key = data.peers[to]?.key;
  if (!key) throw new TercetError('FORGERY', `the ${role} knows no key of the ${to}`, { wayOut: 'None.' });
  return { to, text: sealText(text, secretOf(role, trade), key) };
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
  cancelled: (world, writer) => ({
    type: 'cancelled',
    hash: writer.data.terms ? hashOf(world, writer) : null,
    why: WHY,
  }),
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
  notice: (world, writer) => ({
    type: 'notice',
    what: world.random.pick(['released', 'settled', 'waitForPerformer', 'tooLate'] as const),
    hash: hashOf(world, writer),
    text: WHY,
  }),
  accepted: (world, writer) => ({
    type: 'accepted',
    hash: hashOf(world, writer),
    E: some(world),
    h: some(world),
    receivedMsat: amount(world, writer.data),
  }),
  payerExpiry: (world, writer) => ({ type: 'payerExpiry', hash: hashOf(world, writer), E: some(world) }),
  locked: (world, writer) => ({
    type: 'locked',
    hash: hashOf(world, writer),
    ...heights(world, writer.data),
    performBy: writer.data.locked?.performBy ?? some(world),
    answerBy: some(world),
    decideBy: writer.data.locked?.decideBy ?? some(world),
  }),
  performingAck: (world, { data: d }) => ({
    type: 'performingAck',
    performingUntil: d.locked?.performBy ?? some(world),
  }),
  custody: (world, { data: d }) => ({
    type: 'custody',
    amountMsat: amount(world, d),
    untilHeight: some(world),
  }),
  obligation: (world, { data: d }) => ({
    type: 'obligation',
    why: WHY,
    amountMsat: amount(world, d),
    attempt: world.random.between(1, 5),
  }),
  freshInvoice: (world, writer) => {
    const hash = world.random.chance(0.5) ? otherHash(world, writer.trade) : hashOf(world, writer);
    return {
      type: 'freshInvoice',
      attempt: world.random.between(1, 5),
      hash,
      request: invoice(world, writer, hash),
    };
  },
  invoice: (world, writer) => ({
    type: 'invoice',
    request: invoice(world, writer, hashOf(world, writer)),
  }),
  preimage: (world, writer) => ({
    type: 'preimage',
    sealed: sealedTo(
      writer,
      writer.role === 'taker' ? 'maker' : 'taker',
      world.random.chance(0.7) ? (escrowPreimage(writer.trade) ?? OTHER_HASH) : OTHER_HASH,
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
function taken(trade: Trade, from: Role, to: Role): Forged[] {
  const view = trade.view(to);
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
