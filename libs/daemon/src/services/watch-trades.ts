import type { TradeHead } from '@tercet/journal';
import type { rpc, TradeId } from '@tercet/protocol';
import type { Change, Trades, TradeView } from '../executor/port.js';
import { ChangeQueue } from './change-queue.js';
import { historyEntry } from './trade-view.js';
import { unlessDamaged } from './unless-damaged.js';
import { changedSince, readCursor, Seen } from './watch-cursor.js';

export interface WatchOptions {
  trades: Pick<Trades, 'heads' | 'view' | 'onChange'>;
  show: (view: TradeView) => Promise<rpc.Trade>;
  /** One trade; undefined = all. */
  tradeId?: TradeId;
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
  const stop = trades.onChange((change) => {
    if (tradeId === undefined || change.trade.tradeId === tradeId) queue.push(change);
  });
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
    const all = await headsOf(options);
    const news = new Set(firstOf(all, options));
    for (const head of all) if (!news.has(head)) seen.add(head);
    for (const head of news) {
      if (signal.aborted) return;
      const view = await unlessDamaged(trades.view(head.tradeId));
      // What it has done since it was listed comes with its changes, none of which is passed over.
      if (view && !(view.sequence > head.sequence && queue.holds(head.tradeId))) yield await answer(view);
      else seen.add(head);
    }
    for await (const change of queue.until(signal)) {
      if (seen.isNews(change.trade)) yield await answer(change.trade, change);
    }
  } finally {
    stop();
  }
}

/** How far each has come: of a long history nothing else is kept, or read where it isn't news. */
async function headsOf({ trades, tradeId }: WatchOptions): Promise<TradeHead[]> {
  if (tradeId !== undefined) {
    const view = await trades.view(tradeId);
    return view ? [view] : [];
  }
  const all: TradeHead[] = [];
  for await (const head of trades.heads()) all.push(head);
  return all;
}

const firstOf = (all: TradeHead[], { cursor, tradeId }: WatchOptions): TradeHead[] =>
  cursor === ''
    ? all.filter(({ terminal }) => !terminal || tradeId !== undefined)
    : changedSince(all, readCursor(cursor));
