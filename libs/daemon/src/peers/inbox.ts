/**
 * Takes envelopes in: how often its address sends (S37); size, version, signature when it is opened; then whose trade it
 * is, whose key, which terms; replay, role and state in the step (S30, S31). Answered only after it is stored (S26).
 */
import type { Envelope, Message, Role, TradeData, TradeId } from '@tercet/protocol';
import { open, rpc, TercetError } from '@tercet/protocol';
import type { NewFact, Outcome, Trades } from '../executor/port.js';
import type { PeerRates } from './rates.js';

export interface InboxOptions {
  trades: Trades;
  /** The trade that a first message starts here, or why none does. */
  begin: (message: Message) => Promise<TradeData>;
  onRefused: (code: string) => void;
  /** A message of that party was stored, or was there already. */
  onHeard: (tradeId: TradeId, from: Role) => void;
  rates: PeerRates;
}

export class Inbox {
  constructor(private readonly options: InboxOptions) {}

  /**
   * Throws what the sender is told: the envelope's fault, or the step's refusal.
   * `network`: whose share of messages it takes, as of `networkOf`; a message from within this process takes nobody's.
   */
  async take(envelope: Envelope, network?: string): Promise<rpc.Receipt> {
    try {
      if (network !== undefined) this.options.rates.message(network);
      const message = open(envelope);
      const outcome = await this.submit(message, envelope, network);
      if (outcome.result === 'refused') {
        const { code, text, wayOut } = outcome.refusal;
        throw new TercetError(code, text, { wayOut });
      }
      this.options.onHeard(message.tradeId, message.from);
      return {
        envelopeId: message.id,
        outcome: outcome.result === 'taken' ? rpc.DeliveryOutcome.ACCEPTED : rpc.DeliveryOutcome.DUPLICATE,
        sequence: message.sequence,
      };
    } catch (error) {
      this.options.onRefused(error instanceof TercetError ? error.code : 'INTERNAL');
      throw error;
    }
  }

  private async submit(message: Message, envelope: Envelope, network?: string): Promise<Outcome> {
    const { trades } = this.options;
    const fact = factOf(message);
    const options = { eventId: message.id, envelope };
    const view = await trades.view(message.tradeId);
    if (view) {
      checkParties(view.state.data, message);
      return trades.submit(message.tradeId, fact, options);
    }
    if (network !== undefined) this.options.rates.newTrade(network);
    const data = await this.options.begin(message);
    checkParties(data, message);
    return trades.create(data, fact, options);
  }
}

const factOf = (message: Message): NewFact =>
  ({
    kind: message.body.type,
    from: message.from,
    sequence: message.sequence,
    envelopeId: message.id,
    body: message.body,
  }) as NewFact;

/**
 * It is for us, the key is the one that this trade knows for that role, and the terms are this trade's. Somebody who hands on
 * what was written to itself would otherwise use up a number, and the sender's own message under it be lost (S31).
 */
function checkParties(d: TradeData, message: Message): void {
  if (message.to !== d.role) {
    throw new TercetError(
      'WRONG_ADDRESSEE',
      `This message is for the ${message.to}; here is the ${d.role} of the trade. Nothing was done.`,
      { wayOut: 'Send it to whom it is written.' },
    );
  }
  if (d.peers[message.from]?.key !== message.key || message.from === d.role) {
    throw new TercetError(
      'WRONG_ROLE',
      `This key is not the ${message.from} of the trade. Nothing was done.`,
      {
        wayOut: 'Send it from the daemon that made the trade.',
      },
    );
  }
  if (d.termsHash !== undefined && message.termsHash !== undefined && d.termsHash !== message.termsHash) {
    throw new TercetError(
      'WRONG_TERMS',
      'The message names other terms than this trade has. Nothing was done.',
      {
        wayOut: 'Cancel the trade and start anew with one set of terms.',
      },
    );
  }
}
