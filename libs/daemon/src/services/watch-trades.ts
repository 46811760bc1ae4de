import type { rpc } from '@tercet/protocol';
import type { Change, Trades, TradeView } from '../executor/port.js';
import { ChangeQueue } from './change-queue.js';
import { historyEntry } from './trade-view.js';
import { changedSince, readCursor, Seen } from './watch-cursor.js';

export interface WatchOptions {
  trades: Pick<Trades, 'list' | 'onChange'>;
  show: (view: TradeView) => Promise<rpc.Trade>;
  /** One trade; undefined = all. */
  tradeId?: string;
  /** Empty = the trades as they are first. */
  cursor: string;
  signal: AbortSignal;
}

/**
 * The trades as they are (those that run; a single one whatever its state), or what changed since the cursor; then every
 * change. Listens before it reads, so that nothing falls between. Throws CURSOR_INVALID, WATCH_TOO_SLOW.
 */
export async function* watchTrades(options: WatchOptions): AsyncGenerator<rpc.WatchTradesResponse> {
  const { trades, show, tradeId, signal } = options;
  const queue = new ChangeQueue();
  const mine = (view: TradeView) => tradeId === undefined || view.tradeId === tradeId;
  const stop = trades.onChange((change) => mine(change.trade) && queue.push(change));
  const seen = new Seen();
  const answer = async (view: TradeView, change?: Change): Promise<rpc.WatchTradesResponse> => {
    seen.add(view);
    return {
      trade: await show(view),
      change: change && historyEntry(view.sequence, change.fact),
      cursor: seen.cursor(),
    };
  };
  try {
    const all = (await trades.list()).filter(mine);
    const news = new Set(firstOf(all, options));
    for (const view of all) if (!news.has(view)) seen.add(view);
    for (const view of news) {
      if (signal.aborted) return;
      yield await answer(view);
    }
    for await (const change of queue.until(signal)) {
      if (seen.isNews(change.trade)) yield await answer(change.trade, change);
    }
  } finally {
    stop();
  }
}

const firstOf = (all: TradeView[], { cursor, tradeId }: WatchOptions): TradeView[] =>
  cursor === ''
    ? all.filter(({ terminal }) => !terminal || tradeId !== undefined)
    : changedSince(all, readCursor(cursor));
