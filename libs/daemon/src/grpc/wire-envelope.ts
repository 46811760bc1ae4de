import type { rpc } from '@tercet/protocol';

/** A Nostr event as NIP-01 writes it. */
interface NostrEvent {
  id: string;
  pubkey: string;
  created_at: number;
  kind: number;
  tags: string[][];
  content: string;
  sig: string;
}

/** A signed envelope as it travels over gRPC; nothing is changed, so that its id and signature still fit. */
export const toWire = (event: NostrEvent): rpc.Envelope => ({
  id: event.id,
  pubkey: event.pubkey,
  createdAt: event.created_at,
  kind: event.kind,
  tags: event.tags.map((values) => ({ values })),
  content: event.content,
  sig: event.sig,
});

/** The way back. Nothing is checked here: that is for whoever opens the envelope. */
export const fromWire = (envelope: rpc.Envelope): NostrEvent => ({
  id: envelope.id,
  pubkey: envelope.pubkey,
  created_at: envelope.createdAt,
  kind: envelope.kind,
  tags: envelope.tags.map(({ values }) => values),
  content: envelope.content,
  sig: envelope.sig,
});
