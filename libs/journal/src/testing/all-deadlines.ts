import { height, type TradeId, unixMs } from '@tercet/protocol';
import type { DeadlineRow, Journal } from '../port.js';

const EVER = { height: height(10_000_000), timeMs: unixMs(Number.MAX_SAFE_INTEGER) };

/** All that are set, of all trades or one: those of heights first, each the earliest first. Test code only. */
export const allDeadlines = async (journal: Journal, tradeId?: TradeId): Promise<DeadlineRow[]> =>
  (await journal.dueDeadlines(EVER)).filter((row) => tradeId === undefined || row.tradeId === tradeId);
