import type { Journal, TradeRow } from '../port.js';

/** All that ever were, in order of creation. Test code only: a daemon never holds them at once. */
export const allTrades = async (journal: Pick<Journal, 'newestTrades'>): Promise<TradeRow[]> => {
  const rows: TradeRow[] = [];
  for await (const row of journal.newestTrades()) rows.push(row);
  return rows.toReversed();
};
