/**
 * Delivers signed messages. A message is forgotten only after its addressee stored it, or refused it for good (S26);
 * what can't be reached is tried again by the dispatcher, for this trade alone (S28).
 */
import type { BodyType, Contact, Role, TradeData } from '@tercet/protocol';
import type { rpc } from '@tercet/protocol';
import { TercetError } from '@tercet/protocol';
import type { OutboxEffect } from '../executor/stored.js';
import type { NewFact } from '../executor/port.js';
import { toWire } from '../grpc/index.js';

/** A connection to a peer's daemon, its certificate pinned. */
export interface PeerLink {
  deliver(request: { envelope: rpc.Envelope }): Promise<unknown>;
}

export interface OutboxOptions {
  link: (contact: Contact) => Promise<PeerLink>;
  tipHeight: () => number;
}

/** Reasons that pass: the same envelope is sent again. Every other refusal is final. */
const PASSING = new Set([
  'PEER_UNREACHABLE',
  'PEER_CERT_MISMATCH',
  'NO_ANSWER_IN_TIME',
  'OUT_OF_ORDER',
  'TOO_MANY_CALLS',
  'TOO_MANY_EARLY',
  'LIMIT_REACHED',
  'SHUTTING_DOWN',
  'STORE_UNAVAILABLE',
  'NODE_UNAVAILABLE',
  'TRADE_BUSY',
  'INTERNAL',
]);

export class Outbox {
  constructor(private readonly options: OutboxOptions) {}

  async deliver(data: TradeData, effect: OutboxEffect): Promise<NewFact | undefined> {
    // From A on the agent discloses no preimage (protocol.md section 1), however long the message waited.
    if (effect.notAfter !== undefined && this.options.tipHeight() > effect.notAfter) return undefined;
    const contact = data.peers[effect.to]?.contact;
    if (!contact) {
      throw new TercetError('PEER_UNREACHABLE', `There is no address for the ${effect.to}.`, {
        wayOut: 'The message waits until the address is known.',
      });
    }
    try {
      const link = await this.options.link(contact);
      await link.deliver({ envelope: toWire(effect.envelope) });
      return undefined;
    } catch (error) {
      if (!(error instanceof TercetError) || PASSING.has(error.code)) throw error;
      return refusedForGood(effect.to, effect, error);
    }
  }
}

function refusedForGood(to: Role, effect: OutboxEffect, error: TercetError): NewFact {
  const { type } = JSON.parse(effect.envelope.content) as { type: BodyType };
  return { kind: 'undelivered', to, type, code: error.code, text: error.message };
}
