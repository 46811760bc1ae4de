/** BIP-340 signatures and ECDH. */
import { TercetError } from '../error.js';
import { curve } from './curve.js';
import { Recent } from './recent.js';
import type { PublicKey, Signature } from '../units.js';

const HEX_32 = /^[0-9a-f]{64}$/;
const HEX_64 = /^[0-9a-f]{128}$/;

/** Work on the curve since the start: for metrics and benchmarks. */
export const curveWork = { signed: 0, verified: 0 };

export const publicKeyOf = (secretKey: Uint8Array): PublicKey => curve().publicKeyOf(secretKey) as PublicKey;

/** Signs a 32-byte hash (hex) without auxiliary randomness: the same input gives the same signature (BIP-340). */
export function sign(hash: string, secretKey: Uint8Array): Signature {
  curveWork.signed += 1;
  return curve().sign(hash, secretKey) as Signature;
}

/** False for anything that isn't a good signature, malformed input and points off the curve included. */
export function verify(hash: string, key: string, signature: string): boolean {
  if (!HEX_32.test(hash) || !HEX_32.test(key) || !HEX_64.test(signature)) return false;
  const claim = hash + key + signature;
  const valid = validOn(curve());
  if (valid.has(claim)) return true;
  const isValid = holds(hash, key, signature);
  if (isValid) valid.add(claim);
  return isValid;
}

/** The same terms are looked at in every row that asks whether both have signed them: what was found valid stays so. */
const found = new WeakMap<object, Recent>();

/** What one curve found valid says nothing on another. */
function validOn(checked: object): Recent {
  const known = found.get(checked);
  if (known) return known;
  const made = new Recent(1000);
  found.set(checked, made);
  return made;
}

function holds(hash: string, key: string, signature: string): boolean {
  curveWork.verified += 1;
  try {
    return curve().verify(hash, key, signature);
  } catch (error) {
    // A key that is on no point of the curve.
    if (error instanceof Error) return false;
    throw error;
  }
}

/** X coordinate of the shared point: input of NIP-44's key derivation. Throws BAD_KEY for an x that is on no point. */
export function sharedX(secretKey: Uint8Array, otherKey: PublicKey): Uint8Array {
  try {
    const x = curve().sharedX(secretKey, otherKey);
    if (x !== null) return x;
  } catch (cause) {
    throw badKey(cause);
  }
  throw badKey();
}

const badKey = (cause?: unknown) =>
  new TercetError(
    'BAD_KEY',
    'A public key of the other side is on no point of the curve. Nothing was sent.',
    {
      wayOut: 'Ask the other side for a new order; its software made a wrong key.',
      cause,
    },
  );
