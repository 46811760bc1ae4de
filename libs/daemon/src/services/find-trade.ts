import type { TradeId } from '@tercet/protocol';
import { TercetError } from '@tercet/protocol';
import type { Trades, TradeView } from '../executor/port.js';

const WHOLE = 64;

/** A trade by its id or the first digits of it. Throws ARGUMENT_INVALID, TRADE_NOT_FOUND, AMBIGUOUS_TRADE. */
export async function findTrade(
  trades: Pick<Trades, 'view' | 'idsBeginning'>,
  text: string,
): Promise<TradeView> {
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
  const [first, second] =
    wanted.length === WHOLE ? [wanted as TradeId] : await trades.idsBeginning(wanted, 2);
  if (second !== undefined) {
    throw new TercetError(
      'AMBIGUOUS_TRADE',
      `More than one trade starts with ${wanted}. Nothing was changed.`,
      {
        wayOut: 'Give more digits of the id.',
        details: { first: first ?? '', second },
      },
    );
  }
  const found = first === undefined ? undefined : await trades.view(first);
  if (found) return found;
  throw new TercetError('TRADE_NOT_FOUND', 'There is no such trade here. Nothing was changed.', {
    wayOut: 'List the trades with: tercet trades --all',
    details: { tradeId: wanted },
  });
}
