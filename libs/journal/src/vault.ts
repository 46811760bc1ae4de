/**
 * Encryption of every json body in the database (S35): AES-256-GCM, a random nonce for each write. The place of a value
 * (table, column, id) is authenticated with it, so whoever can write to the file can't move a value to another row.
 *
 * Random 96-bit nonces are safe for 2^32 writes under one key (NIST SP 800-38D, 8.3): 3 000 a second for 16 days without
 * a pause, or a trade a minute for centuries.
 */
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { TercetError } from '@tercet/protocol';
import { decodeJson, encodeJson } from './codec.js';
import { letGo } from './let-go.js';
import type { Json } from './port.js';

/** Table, column, and what identifies the row. */
export type Place = readonly [table: string, column: string, ...id: (string | number)[]];

/** Random nonces, drawn from the system many at a time; none is used twice. */
const nonces = (): (() => Buffer) => {
  const AT_ONCE = 256;
  let drawn = Buffer.alloc(0);
  return () => {
    if (drawn.length === 0) drawn = randomBytes(AT_ONCE * NONCE);
    const nonce = drawn.subarray(0, NONCE);
    drawn = drawn.subarray(NONCE);
    return nonce;
  };
};

export interface Vault {
  seal(place: Place, value: Json): Buffer;
  /** @throws JOURNAL_DAMAGED when the bytes weren't written by this key at this place. */
  open(place: Place, sealed: Uint8Array): Json;
}

const FORMAT = 1;
const NONCE = 12;
const TAG = 16;

const damaged = (place: Place, cause: unknown): TercetError =>
  new TercetError(
    'JOURNAL_DAMAGED',
    `The journal's entry ${place.join(' ')} can't be read: it was changed or damaged on disk. Trades that it doesn't belong to go on.`,
    { wayOut: 'Stop the daemon and restore the latest backup.', details: { table: place[0] }, cause },
  );

/** @param key 32 bytes. @throws JOURNAL_BAD_KEY for another length. */
export const createVault = (key: Uint8Array): Vault => {
  if (key.length !== 32) {
    throw new TercetError(
      'JOURNAL_BAD_KEY',
      `The journal's key has ${key.length} bytes, not 32. Nothing was opened.`,
      {
        wayOut: "Pass deriveKey(seed, 'journal').",
      },
    );
  }
  const secret = createSecretKey(key);
  const nextNonce = nonces();
  const associated = (place: Place): Buffer => Buffer.from(JSON.stringify(place));
  return {
    seal(place, value) {
      const nonce = nextNonce();
      const cipher = createCipheriv('aes-256-gcm', secret, nonce, { authTagLength: TAG });
      cipher.setAAD(associated(place));
      const body = cipher.update(encodeJson(value), 'utf8');
      cipher.final();
      return Buffer.concat([Buffer.of(FORMAT), nonce, body, cipher.getAuthTag()]);
    },
    open(place, sealed) {
      try {
        const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
        if (bytes[0] !== FORMAT) throw new Error(`unknown format ${bytes[0]}`);
        const tagAt = bytes.length - TAG;
        const nonce = bytes.subarray(1, 1 + NONCE);
        const decipher = createDecipheriv('aes-256-gcm', secret, nonce, { authTagLength: TAG });
        decipher.setAAD(associated(place));
        decipher.setAuthTag(bytes.subarray(tagAt));
        const body = decipher.update(bytes.subarray(1 + NONCE, tagAt));
        // All of it came at once; this only says whether it is genuine.
        decipher.final();
        const text = body.toString('utf8');
        letGo(body);
        return decodeJson(text);
      } catch (cause) {
        throw damaged(place, cause);
      }
    },
  };
};
