/**
 * A stand-in for secp256k1 that costs nothing: a signature is the text it signs beside the key. Anybody could forge one,
 * but nobody in a simulated world does: its liars sign with their own keys.
 */
import { hash } from 'node:crypto';
import type { Curve } from '@tercet/protocol';

const keys = new WeakMap<Uint8Array, string>();

function keyOf(secretKey: Uint8Array): string {
  const known = keys.get(secretKey);
  if (known !== undefined) return known;
  const key = hash('sha256', secretKey);
  keys.set(secretKey, key);
  return key;
}

export const FAKE_CURVE: Curve = {
  publicKeyOf: keyOf,
  sign: (hash, secretKey) => hash + keyOf(secretKey),
  verify: (hash, key, signature) => signature === hash + key,
  /** The same from both sides. */
  sharedX(secretKey, otherKey) {
    const own = Buffer.from(keyOf(secretKey), 'hex');
    return Buffer.from(otherKey, 'hex').map((byte, index) => byte ^ (own[index] ?? 0));
  },
};
