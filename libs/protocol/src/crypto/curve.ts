/** The work on the curve, by libsecp256k1 in WebAssembly: a tenth of the time of a pure JavaScript one. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { pointMultiply, signSchnorr, verifySchnorr, xOnlyPointFromScalar } from 'tiny-secp256k1';

/** Keys, hashes and signatures are hex here; what is malformed never comes here. */
export interface Curve {
  publicKeyOf(secretKey: Uint8Array): string;
  sign(hash: string, secretKey: Uint8Array): string;
  /** Throws for a key that is on no point. */
  verify(hash: string, key: string, signature: string): boolean;
  /** X coordinate of the shared point; null, or an error, where there is none. */
  sharedX(secretKey: Uint8Array, otherKey: string): Uint8Array | null;
}

const SECP256K1: Curve = {
  publicKeyOf: (secretKey) => bytesToHex(xOnlyPointFromScalar(secretKey)),
  sign: (hash, secretKey) => bytesToHex(signSchnorr(hexToBytes(hash), secretKey)),
  verify: (hash, key, signature) => verifySchnorr(hexToBytes(hash), hexToBytes(key), hexToBytes(signature)),
  sharedX(secretKey, otherKey) {
    const compressed = new Uint8Array(33);
    compressed[0] = 2;
    compressed.set(hexToBytes(otherKey), 1);
    const point = pointMultiply(compressed, secretKey, true);
    return point && point.slice(1);
  },
};

let used = SECP256K1;

/** secp256k1, unless the simulator has put a faster stand-in in its place. */
export const curve = (): Curve => used;

/**
 * Puts a stand-in in the place of secp256k1, for this process. Whoever has one can forge any signature, so this is for
 * the simulator alone: no configuration leads here, and lint refuses the import everywhere else. Answers how to go back.
 */
export function replaceCurve(standIn: Curve): () => void {
  used = standIn;
  return () => {
    used = SECP256K1;
  };
}
