/** Keys from the seed. */
import { expand, extract } from '@noble/hashes/hkdf.js';
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

/** The first half of HKDF, once for each seed: as secret as the seed, which lives as long. */
const extracted = new WeakMap<Seed, Uint8Array>();

function prkOf(seed: Seed): Uint8Array {
  const known = extracted.get(seed);
  if (known) return known;
  const prk = extract(sha256, seed, SALT);
  extracted.set(seed, prk);
  return prk;
}

/**
 * HKDF-SHA256 (RFC 5869) of the seed: 32 bytes for one purpose, that tell nothing of any other purpose's.
 * The labels name the purpose: 'journal' is the database; the rest belongs to the daemon.
 * @throws RangeError for a label of 64 KiB or more.
 */
export const deriveKey = (seed: Seed, ...labels: [string, ...string[]]): Uint8Array =>
  expand(sha256, prkOf(seed), info(labels), 32);
