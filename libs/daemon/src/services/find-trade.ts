import type { TradeId } from '@tercet/protocol';
import { TercetError } from '@tercet/protocol';
import type { Trades, TradeView } from '../executor/port.js';

const WHOLE = 64;

/** A trade by its id or the first digits of it. Throws ARGUMENT_INVALID, TRADE_NOT_FOUND, AMBIGUOUS_TRADE. */
export async function findTrade(trades: Pick<Trades, 'view' | 'list'>, text: string): Promise<TradeView> {
  const wanted = text.trim().toLowerCase();
  if (!/^[0-9a-f]{1,64}$/.test(wanted)) {
    throw new TercetError(
      'ARGUMENT_INVALID',
      'A trade is named by its id: up to 64 hex digits. Nothing was changed.',
      {
        wayOut: 'List the trades with: tercet trades',
      },
    );
  }
  const found = wanted.length === WHOLE ? await byId(trades, wanted) : await byPrefix(trades, wanted);
  const [first, second] = found;
  if (!first) {
    throw new TercetError('TRADE_NOT_FOUND', 'There is no such trade here. Nothing was changed.', {
      wayOut: 'List the trades with: tercet trades --all',
      details: { tradeId: wanted },
    });
  }
  if (!second) return first;
  throw new TercetError(
    'AMBIGUOUS_TRADE',
    `${found.length} trades start with ${wanted}. Nothing was changed.`,
    {
      wayOut: 'Give more digits of the id.',
      details: { first: first.tradeId, second: second.tradeId },
    },
  );
}

const byId = async (trades: Pick<Trades, 'view'>, id: string): Promise<TradeView[]> => {
  const view = await trades.view(id as TradeId);
  return view ? [view] : [];
};

const byPrefix = async (trades: Pick<Trades, 'list'>, prefix: string): Promise<TradeView[]> =>
  (await trades.list()).filter(({ tradeId }) => tradeId.startsWith(prefix));
