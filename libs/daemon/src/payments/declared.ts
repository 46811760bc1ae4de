/**
 * Payments that an operator declared failed: no trade waits for them any more, so the node is asked here, for as long as a
 * route can last, whether they were paid after all (S3). Kept in the journal, so that a restart asks on.
 */
import type { Journal, Json } from '@tercet/journal';
import type { LightningNode } from '@tercet/lightning';
import type { Height, PaymentHash, TradeId } from '@tercet/protocol';
import { above } from '@tercet/protocol';
import { factOf } from '../effects/pay.js';
import type { Trades } from '../executor/port.js';
import { LONGEST_ROUTE } from './open-payments.js';

const KIND = 'declaredFailed';
type Entry = { tradeId: TradeId; untilHeight: Height };

interface Parts {
  journal: Pick<Journal, 'putDocument' | 'documents' | 'deleteDocument'>;
  lightning: Pick<LightningNode, 'lookUpPayment'>;
  trades: () => Pick<Trades, 'now' | 'submit'>;
  onError: (error: unknown) => void;
}

export class Declared {
  constructor(private readonly parts: Parts) {}

  /** Before its trade is told: what is asked about for nothing harms nobody. */
  async note(tradeId: TradeId, hash: PaymentHash): Promise<void> {
    const { journal, trades } = this.parts;
    const untilHeight = above(trades().now().height, LONGEST_ROUTE);
    const entry: Entry = { tradeId, untilHeight };
    await journal.putDocument(KIND, hash, entry);
  }

  /** Asks about each, and tells its trade. Never throws: what can't be asked now is asked a minute later. */
  async look(): Promise<void> {
    try {
      for (const { id, value } of await this.parts.journal.documents(KIND)) {
        await this.lookAt(id as PaymentHash, entryOf(value)).catch(this.parts.onError);
      }
    } catch (error) {
      this.parts.onError(error);
    }
  }

  private async lookAt(hash: PaymentHash, { tradeId, untilHeight }: Entry): Promise<void> {
    const { journal, lightning, trades } = this.parts;
    const state = await lightning.lookUpPayment(hash);
    const fact = factOf(hash, state);
    if (fact) await trades().submit(tradeId, fact);
    if (fact !== undefined || trades().now().height > untilHeight) await journal.deleteDocument(KIND, hash);
  }
}

const entryOf = (value: Json): Entry => value as Entry;
