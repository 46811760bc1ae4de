/** Keys from the seed. */
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Seed } from './seed.js';

const SALT = new TextEncoder().encode('tercet/seed/1');

/** Two bytes of length before each label, or ('a', 'bc') would be ('ab', 'c'). */
const info = (labels: readonly string[]): Uint8Array =>
  Buffer.concat(
    labels.flatMap((label) => {
      const text = Buffer.from(label, 'utf8');
      const length = Buffer.alloc(2);
      length.writeUInt16BE(text.length);
      return [length, text];
    }),
  );

/**
 * HKDF-SHA256 (RFC 5869) of the seed: 32 bytes for one purpose, that tell nothing of any other purpose's.
 * The labels name the purpose: 'journal' is the database; the rest belongs to the daemon.
 * @throws RangeError for a label of 64 KiB or more.
 */
export const deriveKey = (seed: Seed, ...labels: [string, ...string[]]): Uint8Array =>
  hkdf(sha256, seed, SALT, info(labels), 32);
