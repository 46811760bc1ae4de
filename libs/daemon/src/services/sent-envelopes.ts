import type { Journal } from '@tercet/journal';
import type { Envelope, TradeId } from '@tercet/protocol';
import { storedEffect } from '../executor/stored.js';

/** Every envelope this daemon signed in a trade, in its order: the other half of the evidence. */
export const sentEnvelopes =
  (journal: Pick<Journal, 'effectsOf'>) =>
  async (tradeId: TradeId): Promise<Envelope[]> =>
    (await journal.effectsOf(tradeId))
      .map((row) => storedEffect(row.body))
      .flatMap((effect) => (effect.kind === 'send' ? [effect.envelope] : []));
