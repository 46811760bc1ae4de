/** A signed Nostr event (NIP-01): what every message and every announcement is. */
import { hash } from 'node:crypto';
import type { Signature } from '../units.js';
import { verify } from './schnorr.js';

export interface SignedEvent {
  id: string;
  pubkey: string;
  /** Seconds since 1970. */
  created_at: number;
  kind: number;
  tags: string[][];
  content: string;
  sig: string;
}
type UnsignedEvent = Omit<SignedEvent, 'id' | 'sig'>;

/** SHA-256 of the event as NIP-01 serialises it. */
const eventId = (e: UnsignedEvent): string =>
  hash('sha256', JSON.stringify([0, e.pubkey, e.created_at, e.kind, e.tags, e.content]));

/** Signs an event with the key it names. Deterministic where `sign` is. */
export function signEvent(unsigned: UnsignedEvent, sign: (hash: string) => Signature): SignedEvent {
  const id = eventId(unsigned);
  return { id, ...unsigned, sig: sign(id) };
}

/** Whether id and signature fit the event. */
export const verifyEvent = (e: SignedEvent): boolean => eventId(e) === e.id && verify(e.id, e.pubkey, e.sig);
