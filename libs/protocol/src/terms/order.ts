import { base64urlnopad } from '@scure/base';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { canonicalJson } from '../crypto/canonical.js';
import { verify } from '../crypto/schnorr.js';
import { TercetError } from '../error.js';
import * as f from '../messages/fields.js';
import type { OrderId, Signature } from '../units.js';
import { documentHash } from './document-hash.js';

export const SHAPES = ['AGENT_HELD', 'PEER_HELD'] as const;
/** Who hosts the escrow and who knows its preimage (protocol.md section 2). */
export type ShapeName = (typeof SHAPES)[number];

/** Where a party's daemon is reached; its certificate is pinned. */
export const contact = z.strictObject({ address: f.address, certFingerprint: f.certFingerprint });
export type Contact = z.infer<typeof contact>;

/** How fiat is paid. The private part (account, name) is told only after `locked`, sealed to the payee (S32). */
export const paymentMethod = z.strictObject({
  name: f.words(60),
  /** Longest time the method takes to arrive (section 5): must fit perform-by. */
  settlementMinutes: z.int().min(1).max(1440),
  /** For how long a payment can be called back: shown to the seller. */
  reversibleHours: z.int().min(0).max(8760),
});

/** The order, as its maker signs it. `nonce` is the maker's nonce of the later terms. */
export const order = z.strictObject({
  version: z.literal(1),
  network: f.network,
  engine: z.literal('fiat'),
  makerKey: f.publicKey,
  /** What the maker does with bitcoin. */
  side: z.enum(['sell', 'buy']),
  amountMsat: f.msatField,
  fiat: z.strictObject({ currency: f.currency, amountMinor: f.minorUnits }),
  method: paymentMethod,
  /** Which preset of windows.ts counts the blocks. */
  windows: z.enum(['standard', 'instant']),
  shapes: z.array(z.enum(SHAPES)).min(1),
  /** Agents the maker trusts and found ready (A2, A3), with the hash of the terms they answered. */
  agents: z
    .array(z.strictObject({ key: f.publicKey, termsHash: f.termsHash, contact }))
    .min(1)
    .max(16),
  makerContact: contact,
  makerNode: f.nodeId,
  nonce: f.nonce,
  expiresAtMs: f.unixMs,
});
export type Order = z.output<typeof order>;
export const signedOrder = z.strictObject({ order, signature: f.signature });
export type SignedOrder = z.output<typeof signedOrder>;

/** Id of an order. */
export const orderIdOf = documentHash('tercet/order', (o: Order) => z.encode(order, o)) as (
  o: Order,
) => OrderId;

export const signOrder = (o: Order, sign: (hash: string) => Signature): SignedOrder => ({
  order: o,
  signature: sign(orderIdOf(o)),
});

const URI_PREFIX = 'tercet:order/';

/** The order as one line of text: `tercet:order/` and its JSON in base64url. */
export const orderUri = (o: SignedOrder): string =>
  URI_PREFIX + base64urlnopad.encode(utf8ToBytes(canonicalJson(z.encode(signedOrder, o))));

/** Reads an order from its URI or its JSON file and checks its signature. Throws ORDER_UNREADABLE, ORDER_FORGED. */
export function readOrder(text: string): SignedOrder {
  const parsed = signedOrder.safeDecode(json(text.trim()) as z.input<typeof signedOrder>);
  if (!parsed.success) throw unreadable(parsed.error);
  if (!orderIsSigned(parsed.data)) {
    throw new TercetError('ORDER_FORGED', "The order's signature does not fit it. Nothing was sent.", {
      wayOut: 'Get the order again from its maker.',
    });
  }
  return parsed.data;
}

export const orderIsSigned = (o: SignedOrder): boolean =>
  verify(orderIdOf(o.order), o.order.makerKey, o.signature);

function json(text: string): unknown {
  try {
    if (!text.startsWith(URI_PREFIX)) return JSON.parse(text);
    return JSON.parse(new TextDecoder().decode(base64urlnopad.decode(text.slice(URI_PREFIX.length))));
  } catch (cause) {
    throw unreadable(cause);
  }
}

const unreadable = (cause: unknown) =>
  new TercetError('ORDER_UNREADABLE', 'This is not an order that Tercet can read. Nothing was sent.', {
    wayOut: 'Give the whole line that starts with tercet:order/, or the file that the maker saved.',
    cause,
  });
