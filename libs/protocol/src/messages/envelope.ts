/**
 * One envelope for every message: a Nostr event (NIP-01) whose tags carry version, trade, role, addressee, sequence and
 * terms hash, and whose content is the canonical JSON of a body. Checks in this order: size, version, signature; replay, role
 * and state follow in the step (S31).
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import type { Plain } from '../crypto/canonical.js';
import { canonicalJson } from '../crypto/canonical.js';
import type { SignedEvent } from '../crypto/event.js';
import { signEvent, verifyEvent } from '../crypto/event.js';
import { TercetError } from '../error.js';
import type { PublicKey, Signature, TermsHash, TradeId, UnixMs } from '../units.js';
import type { Body, Role } from './bodies.js';
import { body as bodySchema, ROLES } from './bodies.js';
import * as f from './fields.js';

/** 2: an envelope names its addressee. */
export const PROTOCOL_VERSION = '2';
/** Kind of the event: a rumor inside gift wraps, never published bare. */
export const ENVELOPE_KIND = 3939;
/** Larger envelopes are refused before anything is read (S37). */
export const LARGEST_ENVELOPE_BYTES = 65_536;

/** A Nostr event, as NIP-01 has it. */
export type Envelope = SignedEvent;

/** What an envelope says, once checked. */
export interface Message {
  id: string;
  from: Role;
  /** Whoever else gets it refuses it: its number counts with this party alone. */
  to: Role;
  key: PublicKey;
  tradeId: TradeId;
  /** Counted per sender and addressee from 1. */
  sequence: number;
  /** Empty before terms exist. */
  termsHash: TermsHash | undefined;
  body: Body;
}

const tags = z.tuple([
  z.tuple([z.literal('v'), z.string()]),
  z.tuple([z.literal('t'), f.tradeId]),
  z.tuple([z.literal('r'), z.enum(ROLES)]),
  z.tuple([z.literal('to'), z.enum(ROLES)]),
  z.tuple([z.literal('n'), z.string().regex(/^[1-9]\d{0,8}$/)]),
  z.tuple([z.literal('h'), z.union([f.termsHash, z.literal('')])]),
]);

/** Makes and signs an envelope. Deterministic: the same message gives the same bytes. */
export function seal(
  message: Omit<Message, 'id' | 'key'>,
  at: UnixMs,
  key: PublicKey,
  sign: (hash: string) => Signature,
): Envelope {
  const unsigned = {
    pubkey: key,
    created_at: Math.floor(at / 1000),
    kind: ENVELOPE_KIND,
    tags: [
      ['v', PROTOCOL_VERSION],
      ['t', message.tradeId],
      ['r', message.from],
      ['to', message.to],
      ['n', String(message.sequence)],
      ['h', message.termsHash ?? ''],
    ],
    content: canonicalJson(z.encode(bodySchema, message.body)),
  };
  return signEvent(unsigned, sign);
}

const refuse = (code: string, message: string, wayOut: string, cause?: unknown) =>
  new TercetError(code, `${message} Nothing was done with it.`, { wayOut, cause });

/**
 * Reads an envelope. Throws ENVELOPE_TOO_LARGE, ENVELOPE_VERSION, ENVELOPE_UNREADABLE, ENVELOPE_FORGED, in the order
 * of section 4: size, version, signature. A body that isn't the canonical text of a known body is unreadable.
 */
export function open(e: Envelope): Message {
  if (isTooLarge(e)) {
    throw refuse('ENVELOPE_TOO_LARGE', 'The message is larger than 64 KiB.', 'Send a smaller message.');
  }
  const version = e.tags.find((tag) => tag[0] === 'v')?.[1];
  if (version !== PROTOCOL_VERSION) {
    throw refuse(
      'ENVELOPE_VERSION',
      `The message speaks version ${version ?? 'none'} of the protocol; this daemon speaks ${PROTOCOL_VERSION}.`,
      'Upgrade the older of the two daemons.',
    );
  }
  if (e.kind !== ENVELOPE_KIND || !verifyEvent(e)) {
    throw refuse(
      'ENVELOPE_FORGED',
      "The message's signature does not fit it.",
      'Send it signed and unchanged.',
    );
  }
  const named = tags.safeParse(e.tags);
  if (!named.success) throw unreadable(named.error);
  const [, [, trade], [, from], [, to], [, sequence], [, hash]] = named.data;
  return {
    id: e.id,
    from,
    to,
    key: e.pubkey as PublicKey,
    tradeId: trade,
    sequence: Number(sequence),
    termsHash: hash === '' ? undefined : hash,
    body: readBody(e.content),
  };
}

function readBody(content: string): Body {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (cause) {
    throw unreadable(cause);
  }
  const parsed = bodySchema.safeDecode(json as z.input<typeof bodySchema>);
  if (!parsed.success) throw unreadable(parsed.error);
  if (canonicalJson(json as Plain) !== content) throw unreadable();
  return parsed.data;
}

const unreadable = (cause?: unknown) =>
  refuse('ENVELOPE_UNREADABLE', 'The message can not be read.', 'Upgrade the daemon that sent it.', cause);

/** No character takes more than three bytes for each of its units: most envelopes are so short that nothing has to be counted. */
const MOST_BYTES_A_UNIT = 3;

function isTooLarge(e: Envelope): boolean {
  const texts = [e.content, ...e.tags.flat()];
  const units = texts.reduce((sum, text) => sum + text.length, 0);
  if (units * MOST_BYTES_A_UNIT <= LARGEST_ENVELOPE_BYTES) return false;
  return texts.reduce((sum, text) => sum + utf8ToBytes(text).length, 0) > LARGEST_ENVELOPE_BYTES;
}
