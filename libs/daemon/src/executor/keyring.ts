import { deriveKey, type Seed } from '@tercet/journal';
import type { Keyring, PaymentHash, Preimage, PublicKey, Signature, TradeData } from '@tercet/protocol';
import { openSeal, publicKeyOf, sealText, sha256Hex, sign } from '@tercet/protocol';
import { BoundedMap } from './bounded-map.js';

const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Standing key of a daemon: an agent's name; for traders only what their status shows. */
export const identitySecret = (seed: Seed): Uint8Array => deriveKey(seed, 'identity');

/** A fresh key per trade (protocol.md section 4): from the seed and the party's own nonce, so that a restored seed finds it again. */
export const tradeSecret = (seed: Seed, nonce: string): Uint8Array => deriveKey(seed, 'trade', nonce);

/** Keyrings that are remembered; another one is derived anew. */
const MOST_KEYRINGS = 10_000;

/** The keyrings of a daemon's trades, each derived once: the curve is what a step costs most. */
export class Keyrings {
  private readonly known = new BoundedMap<string, Keyring>(MOST_KEYRINGS);

  constructor(private readonly seed: Seed) {}

  /** An agent signs with its standing key; a maker's key is its order's, a taker's its own for this trade. */
  of(d: Pick<TradeData, 'role' | 'signedOrder' | 'nonce'>): Keyring {
    if (d.role === 'agent') return this.keep('', () => identitySecret(this.seed));
    const nonce = d.role === 'maker' ? d.signedOrder.order.nonce : (d.nonce ?? '');
    return this.keep(nonce, () => tradeSecret(this.seed, nonce));
  }

  private keep(name: string, secret: () => Uint8Array): Keyring {
    const known = this.known.get(name);
    if (known) return known;
    const made = keyring(this.seed, secret());
    this.known.set(name, made);
    return made;
  }
}

/** The keyring of one party of one trade. Preimages: HKDF(seed, terms hash, purpose, attempt) (protocol.md section 2). */
function keyring(seed: Seed, secret: Uint8Array): Keyring {
  const preimage = (termsHash: string, purpose: string, attempt: number): Preimage =>
    toHex(deriveKey(seed, 'preimage', termsHash, purpose, String(attempt))) as Preimage;
  return {
    publicKey: publicKeyOf(secret),
    sign: (hash) => sign(hash, secret),
    preimage,
    paymentHash: (termsHash, purpose, attempt) =>
      sha256Hex(preimage(termsHash, purpose, attempt)) as PaymentHash,
    seal: (text, reader) => sealText(text, secret, reader),
    openSeal: (sealed, writer) => openSeal(sealed, secret, writer),
  };
}

/** Signs with the daemon's standing key. */
export const signerOf = (seed: Seed): { key: PublicKey; sign: (hash: string) => Signature } => {
  const secret = identitySecret(seed);
  return { key: publicKeyOf(secret), sign: (hash) => sign(hash, secret) };
};
