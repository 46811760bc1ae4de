import type { rpc } from '@tercet/protocol';
import { grouped, showMsat } from '../format/amount.js';
import { showFiat } from '../format/fiat.js';
import { digitsFor } from '../format/ids.js';
import { doing, shapeName, whereName } from '../format/names.js';
import { plain } from '../format/plain.js';
import { table } from '../format/table.js';

const untilText = (sats: rpc.Sats | undefined): string =>
  sats && sats.untilHeight > 0 ? grouped(sats.untilHeight) : '-';

/** The list of trades: one line each, with where the sats are and what can be done. */
export const tradesPage = (trades: readonly rpc.Trade[], all: boolean): string => {
  if (trades.length === 0) return all ? 'No trades.' : 'No open trades. Ended ones: "tercet trades --all".';
  const digits = digitsFor(trades.map(({ tradeId }) => tradeId));
  return table(
    ['trade', '', 'bitcoin', 'fiat', 'shape', 'your sats', 'until height', 'you can'],
    trades.map((trade) => [
      trade.tradeId.slice(0, digits),
      doing(trade),
      showMsat(trade.terms?.priceMsat ?? 0n),
      showFiat(trade.terms?.fiat),
      shapeName(trade.shape),
      `${whereName(plain(trade.sats?.where ?? '-'))}${trade.warnings.length > 0 ? ' (!)' : ''}`,
      untilText(trade.sats),
      trade.ended ? 'over' : (trade.sats?.can.map(plain).join(', ') ?? '') || 'wait',
    ]),
    [2, 3, 6],
  );
};
