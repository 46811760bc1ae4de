import type { PaymentHash, Preimage, PublicKey, Signature } from '../units.js';

/**
 * What one party of one trade can do with its secrets. Every answer is a function of the seed and the trade, so the
 * core stays a pure function and a restored seed gives the same answers (architecture.md "Keys", S34).
 */
export interface Keyring {
  readonly publicKey: PublicKey;
  /** BIP-340 signature over a 32-byte hash (hex). */
  sign(hash: string): Signature;
  /** HKDF(seed, terms hash, purpose, attempt): never a function of an id that a counterparty chooses alone. */
  preimage(termsHash: string, purpose: string, attempt: number): Preimage;
  paymentHash(termsHash: string, purpose: string, attempt: number): PaymentHash;
  /** Seals a text for one reader (NIP-44). */
  seal(text: string, reader: PublicKey): string;
  openSeal(sealed: string, writer: PublicKey): string;
}
