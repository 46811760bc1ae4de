import type { EffectRow, Journal } from '@tercet/journal';
import type { TradeId } from '@tercet/protocol';

/** Warnings of trades whose messages or node calls don't get through yet, by trade. */
export type Troubles = (tradeId?: TradeId) => Promise<ReadonlyMap<TradeId, string[]>>;

/** Read from the outbox: what was tried and failed. The reason stays in the log, since it may name what is secret (S36). */
export const outboxTroubles =
  (journal: Pick<Journal, 'pendingEffects'>): Troubles =>
  async (tradeId) => {
    const troubles = new Map<TradeId, string[]>();
    for (const row of await journal.pendingEffects({ tradeId, failed: true })) {
      troubles.set(row.tradeId, [...(troubles.get(row.tradeId) ?? []), inWords(row)]);
    }
    return troubles;
  };

const inWords = ({ kind, body, attempts, lastError }: EffectRow): string => {
  if (lastError === 'TRADING_STOPPED')
    return 'A payment waits, since trading is stopped here: tercet payouts.';
  if (lastError === 'SPEND_CAP_REACHED')
    return 'A payment waits, since as much as may leave this node within an hour has: tercet payouts.';
  const tries = attempts === 1 ? 'one try' : `${attempts} tries`;
  if (kind !== 'send') return `The node has not done this yet after ${tries}: ${kind}. It is tried again.`;
  return `A message to the ${addressee(body)} has not arrived after ${tries}. It is tried again.`;
};

const addressee = (body: EffectRow['body']): string => {
  const to = typeof body === 'object' && body !== null && !Array.isArray(body) ? body['to'] : undefined;
  return typeof to === 'string' ? to : 'other side';
};
