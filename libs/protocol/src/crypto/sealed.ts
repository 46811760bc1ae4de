/** Text that only its addressee can read (NIP-44 v2), inside envelopes that others carry (A6, S32). */
import { extract } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { decrypt, encrypt } from 'nostr-tools/nip44';
import { TercetError } from '../error.js';
import type { PublicKey } from '../units.js';
import { sharedX } from './schnorr.js';

/** NIP-44: conversation key = HKDF-extract(salt 'nip44-v2', shared x). */
const conversationKey = (secretKey: Uint8Array, other: PublicKey): Uint8Array =>
  extract(sha256, sharedX(secretKey, other), utf8ToBytes('nip44-v2'));

/**
 * The nonce is a MAC of reader and text under the secret key, so that the same message sealed again after a crash is
 * the same bytes, and two texts never share a nonce.
 */
export const seal = (text: string, secretKey: Uint8Array, reader: PublicKey): string =>
  encrypt(
    text,
    conversationKey(secretKey, reader),
    hmac(sha256, secretKey, concatBytes(utf8ToBytes(`tercet/seal/${reader}/`), utf8ToBytes(text))),
  );

/** Throws SEAL_BROKEN where the text isn't for this key, isn't from that writer, or was changed. */
export function openSeal(sealed: string, secretKey: Uint8Array, writer: PublicKey): string {
  try {
    return decrypt(sealed, conversationKey(secretKey, writer));
  } catch (cause) {
    throw new TercetError('SEAL_BROKEN', 'A sealed text can not be opened. Nothing was done with it.', {
      wayOut: 'Ask the other side to send it again; if it repeats, cancel the trade.',
      cause,
    });
  }
}
