/**
 * Delivers signed messages. A message is forgotten only after its addressee stored it, or refused it for good (S26);
 * what can't be reached is tried again by the dispatcher, for this trade alone (S28).
 */
import type { BodyType, Contact, Envelope, Role, TradeData } from '@tercet/protocol';
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
  /** From the node itself: what a daemon last heard may be old while its node is out of reach. */
  tipHeight: () => Promise<number>;
}

/**
 * Refusals that are final: the addressee read the envelope and its rules refuse it. Whatever else went wrong, a code that
 * is new here included, may pass, and forgetting a release or a ruling costs more than sending it once more (S26).
 */
const FINAL = new Set([
  'BAD_KEY',
  'ENVELOPE_FORGED',
  'ENVELOPE_TOO_LARGE',
  'HASH_IN_USE',
  'ORDER_NOT_FOUND',
  'ORDER_TAKEN',
  'OVER_CEILING',
  'SEAL_BROKEN',
  'TOO_MANY_TRADES',
  'TOO_MUCH_THIS_HOUR',
  'TRADING_STOPPED',
  'WRONG_ADDRESSEE',
  'WRONG_ROLE',
  'WRONG_STATE',
  'WRONG_TERMS',
  'WRONG_TRADE_ID',
]);

export class Outbox {
  constructor(private readonly options: OutboxOptions) {}

  /** Answers a fact when the addressee refused for good. Throws while it isn't known to have the message. */
  async deliver(data: TradeData, effect: OutboxEffect): Promise<NewFact | undefined> {
    const envelope = await this.stillToBeSent(effect);
    if (!envelope) return undefined;
    const contact = data.peers[effect.to]?.contact;
    if (!contact) {
      throw new TercetError('PEER_UNREACHABLE', `There is no address for the ${effect.to}.`, {
        wayOut: 'The message waits until the address is known.',
      });
    }
    try {
      const link = await this.options.link(contact);
      await link.deliver({ envelope: toWire(envelope) });
      return undefined;
    } catch (error) {
      if (!(error instanceof TercetError) || !FINAL.has(error.code)) throw error;
      return refusedForGood(effect.to, envelope, error);
    }
  }

  /** From A on the agent discloses no preimage (protocol.md section 1), however long the message waited. */
  private async stillToBeSent({ notAfter, envelope, instead }: OutboxEffect): Promise<Envelope | undefined> {
    if (notAfter === undefined || (await this.options.tipHeight()) <= notAfter) return envelope;
    return instead;
  }
}

function refusedForGood(to: Role, envelope: Envelope, error: TercetError): NewFact {
  const { type } = JSON.parse(envelope.content) as { type: BodyType };
  return { kind: 'undelivered', to, type, code: error.code, text: error.message };
}
