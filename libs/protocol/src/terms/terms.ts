import { z } from 'zod';
import { canonicalJson, taggedHash } from '../crypto/canonical.js';
import { verify } from '../crypto/schnorr.js';
import * as f from '../messages/fields.js';
import type { PublicKey, Signature, TermsHash } from '../units.js';
import type { Order } from './order.js';
import { SHAPES } from './order.js';
import { LONGEST_LEASE, windowsFor } from './windows.js';
import { documentHash } from './document-hash.js';

const trader = z.strictObject({ key: f.publicKey, node: f.nodeId });

/** The document all three hold (protocol.md section 1). The order of its fields doesn't matter: it is hashed in canonical JSON. */
export const terms = z.strictObject({
  version: z.literal(1),
  network: f.network,
  engine: z.literal('fiat'),
  shape: z.enum(SHAPES),
  orderId: f.orderId,
  maker: trader,
  taker: trader,
  agent: trader,
  bitcoinSeller: z.enum(['maker', 'taker']),
  priceMsat: f.msatField,
  payoutMsat: f.msatField,
  retainFeeMsat: f.msatField,
  successFeeMsat: f.msatField,
  smallestPriceMsat: f.msatField,
  fiat: z.strictObject({ currency: f.currency, amountMinor: f.minorUnits, method: f.words(60) }),
  windows: z.strictObject({
    performBy: f.blocks,
    answerBy: f.blocks,
    decideBy: f.blocks,
    settlementBlocks: f.blocks,
    cltvExpiry: f.blocks,
    leaseBlocks: f.blocks,
    holdExpiryDelta: f.blocks,
  }),
  /** Shown before signing; who gets the price when nobody answers, and when it stays undecided. */
  defaults: z.strictObject({ bothSilent: f.side, undecided: f.side }),
  agentTermsHash: f.termsHash,
  nonces: z.strictObject({ maker: f.nonce, taker: f.nonce, agent: f.nonce }),
});
export type Terms = z.output<typeof terms>;

export const termsHashOf = documentHash('tercet/terms', (t: Terms) => z.encode(terms, t)) as (
  t: Terms,
) => TermsHash;

/** What the agent signs last; it alone makes the terms valid, and names the lease's end. */
export const retainedHash = (hash: TermsHash, leaseEnd: number): string =>
  taggedHash('tercet/retained', canonicalJson({ termsHash: hash, leaseEnd }));

/** What the payee signs of its payout invoice, so that nobody can swap it (A6). */
export const payoutHash = (hash: TermsHash, paymentHash: string): string =>
  taggedHash('tercet/payout', canonicalJson({ termsHash: hash, paymentHash }));

/** The order of signatures: agent, taker, maker, then `retained` by the agent. */
export interface TermsSignatures {
  agent?: Signature;
  taker?: Signature;
  maker?: Signature;
}

export const signedBy = (hash: string, key: PublicKey, signature: Signature | undefined): boolean =>
  signature !== undefined && verify(hash, key, signature);

/** Fields of the terms that don't say what the order says; empty = they fit (A5, TERMS_CHANGED). */
export function differences(t: Terms, o: Order, orderId: string): string[] {
  const expected = windowsFor(t.shape, o.windows, o.method.settlementMinutes, t.windows.leaseBlocks);
  const pairs: [string, unknown, unknown][] = [
    ['network', t.network, o.network],
    ['engine', t.engine, o.engine],
    ['order', t.orderId, orderId],
    ['maker key', t.maker.key, o.makerKey],
    ['maker node', t.maker.node, o.makerNode],
    ['bitcoin seller', t.bitcoinSeller, o.side === 'sell' ? 'maker' : 'taker'],
    ['price', t.priceMsat, o.amountMsat],
    ['currency', t.fiat.currency, o.fiat.currency],
    ['fiat amount', t.fiat.amountMinor, o.fiat.amountMinor],
    ['method', t.fiat.method, o.method.name],
    ['maker nonce', t.nonces.maker, o.nonce],
    ['windows', canonicalJson({ ...t.windows }), canonicalJson({ ...expected })],
    ['lease', t.windows.leaseBlocks >= 3 && t.windows.leaseBlocks <= LONGEST_LEASE, true],
    ['shape', o.shapes.includes(t.shape), true],
    ['payout', t.payoutMsat, t.shape === 'AGENT_HELD' ? t.priceMsat - t.successFeeMsat : t.priceMsat],
    ['agent terms', t.agentTermsHash, o.agents.find((agent) => agent.key === t.agent.key)?.termsHash],
  ];
  return pairs.filter(([, a, b]) => a !== b).map(([name]) => name);
}
