import { deriveKey, type Seed } from '@tercet/journal';
import type { Keyring, PaymentHash, Preimage, PublicKey, Signature, TradeData } from '@tercet/protocol';
import { openSeal, publicKeyOf, sealText, sha256Hex, sign } from '@tercet/protocol';

const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Standing key of a daemon: an agent's name; for traders only what their status shows. */
export const identitySecret = (seed: Seed): Uint8Array => deriveKey(seed, 'identity');

/** A fresh key per trade (protocol.md section 4): from the seed and the party's own nonce, so that a restored seed finds it again. */
export const tradeSecret = (seed: Seed, nonce: string): Uint8Array => deriveKey(seed, 'trade', nonce);

/** The keyring of one party of one trade. Preimages: HKDF(seed, terms hash, purpose, attempt) (protocol.md section 2). */
export function keyring(seed: Seed, secret: Uint8Array): Keyring {
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

/** An agent signs with its standing key; a maker's key is its order's, a taker's its own for this trade. */
export function secretFor(seed: Seed, d: Pick<TradeData, 'role' | 'signedOrder' | 'nonce'>): Uint8Array {
  if (d.role === 'agent') return identitySecret(seed);
  return tradeSecret(seed, d.role === 'maker' ? d.signedOrder.order.nonce : (d.nonce ?? ''));
}

/** Signs with the daemon's standing key. */
export const signerOf = (seed: Seed): { key: PublicKey; sign: (hash: string) => Signature } => {
  const secret = identitySecret(seed);
  return { key: publicKeyOf(secret), sign: (hash) => sign(hash, secret) };
};
