import { hash } from 'node:crypto';
import { hexToBytes } from '@noble/hashes/utils.js';
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

/** There are as many as kinds of documents. */
const tagHashes = new Map<string, Buffer>();

function tagHashOf(tag: string): Buffer {
  const known = tagHashes.get(tag);
  if (known) return known;
  const made = hash('sha256', tag, 'buffer');
  tagHashes.set(tag, made);
  return made;
}

/** Tagged hash of BIP-340: SHA256(SHA256(tag) || SHA256(tag) || data), as hex. */
export function taggedHash(tag: string, data: string | Uint8Array): string {
  const tagHash = tagHashOf(tag);
  return hash('sha256', Buffer.concat([tagHash, tagHash, Buffer.from(data)]));
}

/** SHA-256 of 32 bytes given as hex: the payment hash of a preimage (BOLT-4). */
export const sha256Hex = (hex: string): string => hash('sha256', hexToBytes(hex));
