/** An order from what its maker asks for: checked figure by figure before it is signed. Pure. */
import type {
  Contact,
  Network,
  NodeId,
  Order,
  PresetName,
  PublicKey,
  ShapeName,
  UnixMs,
} from '@tercet/protocol';
import {
  blocksForHours,
  msat,
  order as orderSchema,
  PERFORM_SPARE,
  PRESETS,
  sat,
  SHAPES,
  TercetError,
} from '@tercet/protocol';
import type { rpc } from '@tercet/protocol';
import type { ReadyAgent } from '../agents/index.js';
import { shapeOf, sideOf } from './names.js';

/** Without a word about it an order can be taken for a day. */
const DEFAULT_VALID_HOURS = 24;
const MOST_VALID_HOURS = 30 * 24;
/** Up to here a payment method counts as instant. */
const INSTANT_MINUTES = 120;
/** No agent takes less: a force close would eat it (protocol.md section 5). */
const SMALLEST_PRICE = sat(10_000);

/** Figures of an order that only its maker decides. */
export type Wanted = Pick<
  Order,
  'side' | 'amountMsat' | 'fiat' | 'method' | 'windows' | 'shapes' | 'expiresAtMs'
>;

const invalid = (what: string, wayOut: string): TercetError =>
  new TercetError('ARGUMENT_INVALID', `${what} No order was made.`, { wayOut });

/** Reads the request. Throws ARGUMENT_INVALID, SETTLEMENT_TOO_LONG, PAYMENT_DETAILS_MISSING. */
export function wantedOf(request: rpc.CreateOfferRequest, now: UnixMs): Wanted {
  const side = sideOf(request.side);
  const { fiat, method } = request;
  if (!side) throw invalid('It is not said whether bitcoin is sold or bought.', 'Say sell or buy.');
  if (!fiat || !method) {
    throw invalid('The fiat amount or the payment method is missing.', 'Give amount, currency and method.');
  }
  if (request.amountMsat < SMALLEST_PRICE || request.amountMsat % 1000n !== 0n) {
    throw invalid('The amount has to be whole sats, at least 10 000.', 'Give a larger amount in whole sats.');
  }
  if (side === 'sell' && request.paymentDetails.trim() === '') throw paymentDetailsMissing('order was made');
  const windows = presetOf(request.windowsPreset, method.settlementMinutes);
  refuseSlowMethod(windows, method.settlementMinutes);
  return {
    side,
    amountMsat: msat(request.amountMsat),
    fiat: { currency: fiat.currency, amountMinor: String(fiat.amountMinor) },
    method: {
      name: method.name.trim(),
      settlementMinutes: method.settlementMinutes,
      reversibleHours: method.reversibleHours,
    },
    windows,
    shapes: shapesOf(request.shapes),
    expiresAtMs: expiryOf(request.validHours, now),
  };
}

export const paymentDetailsMissing = (nothing: string): TercetError =>
  new TercetError(
    'PAYMENT_DETAILS_MISSING',
    `Whoever sells bitcoin has to say where the fiat goes. No ${nothing}.`,
    { wayOut: 'Give the account with --details: it is told to the buyer alone, once the sats are locked.' },
  );

/** Between daemons PEER_HELD comes first: its agent is paid by nobody's sats (protocol.md section 2). */
const PREFERRED: readonly ShapeName[] = ['PEER_HELD', 'AGENT_HELD'];

function shapesOf(asked: readonly rpc.Shape[]): ShapeName[] {
  if (asked.length === 0) return [...PREFERRED];
  const shapes = asked.map(shapeOf);
  const known = shapes.filter((shape) => shape !== undefined);
  if (known.length < shapes.length || new Set(known).size < known.length) {
    throw invalid('A shape is not known, or named twice.', `Choose among ${SHAPES.join(', ')}.`);
  }
  return known;
}

const isPreset = (name: string): name is PresetName => name in PRESETS;

function presetOf(name: string, settlementMinutes: number): PresetName {
  if (name === '') return settlementMinutes <= INSTANT_MINUTES ? 'instant' : 'standard';
  if (isPreset(name)) return name;
  throw invalid(`There are no windows called ${name}.`, `Choose among ${Object.keys(PRESETS).join(', ')}.`);
}

/** Fiat has to arrive within perform-by, with the spare blocks of an acknowledgement. */
function refuseSlowMethod(windows: PresetName, settlementMinutes: number): void {
  const performBy = blocksForHours(PRESETS[windows].performHours);
  if (blocksForHours(settlementMinutes / 60) + PERFORM_SPARE <= performBy) return;
  throw new TercetError(
    'SETTLEMENT_TOO_LONG',
    `The payment method takes up to ${settlementMinutes} minutes, too long for ${windows} windows. No order was made.`,
    { wayOut: windows === 'instant' ? 'Use standard windows.' : 'Choose a faster payment method.' },
  );
}

function expiryOf(validHours: number, now: UnixMs): UnixMs {
  const hours = validHours === 0 ? DEFAULT_VALID_HOURS : validHours;
  if (hours > MOST_VALID_HOURS) {
    throw invalid('An order can be taken for 30 days at most.', `Choose up to ${MOST_VALID_HOURS} hours.`);
  }
  return (now + hours * 60 * 60 * 1000) as UnixMs;
}

/** Why an agent doesn't fit what is wanted; undefined = it does. */
export function agentMisfit({ standing }: ReadyAgent, wanted: Wanted): string | undefined {
  const { policy } = standing.terms;
  if (wanted.amountMsat < policy.smallestPriceMsat) return 'The amount is below the smallest it takes.';
  if (wanted.amountMsat > policy.largestPriceMsat) return 'The amount is above the largest it takes.';
  const offers = wanted.shapes.some((shape) => policy.shapes.includes(shape));
  return offers ? undefined : 'It offers none of the shapes.';
}

export interface Maker {
  network: Network;
  key: PublicKey;
  nonce: string;
  contact: Contact;
  node: NodeId;
}

/** Puts the order together. Throws ARGUMENT_INVALID, with the fields that don't hold. */
export function orderOf(wanted: Wanted, agents: readonly ReadyAgent[], maker: Maker): Order {
  const order: Order = {
    ...wanted,
    version: 1,
    network: maker.network,
    engine: 'fiat',
    makerKey: maker.key,
    agents: agents.map(({ standing }) => ({
      key: standing.terms.policy.agentKey,
      termsHash: standing.termsHash,
      contact: standing.terms.policy.contact,
    })),
    makerContact: maker.contact,
    makerNode: maker.node,
    nonce: maker.nonce,
  };
  const checked = orderSchema.safeEncode(order);
  if (checked.success) return order;
  const fields = checked.error.issues.map(({ path }) => path.join('.'));
  throw invalid(
    `These figures of the order don't hold: ${fields.join(', ')}.`,
    'Correct them and try again.',
  );
}
