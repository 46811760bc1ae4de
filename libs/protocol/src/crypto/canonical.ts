import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import serialize from 'canonicalize';
import { TercetError } from '../error.js';

/** What may stand in a signed document: no floats (A14), amounts as decimal strings. */
export type Plain =
  null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain | undefined };

/** Canonical JSON (RFC 8785): one text for one value. Throws NOT_CANONICAL for what JSON can't carry, half characters included. */
export function canonicalJson(value: Plain): string {
  let text: string | undefined;
  try {
    text = serialize(value);
  } catch (cause) {
    throw notCanonical(cause);
  }
  if (text === undefined) throw notCanonical();
  return text;
}

const notCanonical = (cause?: unknown) =>
  new TercetError('NOT_CANONICAL', 'The document can not be written as JSON. Nothing was done with it.', {
    wayOut: 'This is a fault of the program that made it.',
    cause,
  });

/** A tagged hash over its two tag hashes, by tag: the tags are a fixed few. */
const begun = new Map<string, ReturnType<typeof sha256.create>>();

function beginTagged(tag: string): ReturnType<typeof sha256.create> {
  const known = begun.get(tag);
  if (known) return known;
  const tagHash = sha256(utf8ToBytes(tag));
  const made = sha256.create().update(tagHash).update(tagHash);
  begun.set(tag, made);
  return made;
}

/** Tagged hash of BIP-340: SHA256(SHA256(tag) || SHA256(tag) || data), as hex. */
export const taggedHash = (tag: string, data: string | Uint8Array): string =>
  bytesToHex(
    beginTagged(tag)
      .clone()
      .update(typeof data === 'string' ? utf8ToBytes(data) : data)
      .digest(),
  );

/** SHA-256 of 32 bytes given as hex: the payment hash of a preimage (BOLT-4). */
export const sha256Hex = (hex: string): string => bytesToHex(sha256(hexToBytes(hex)));
