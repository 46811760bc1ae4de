import { TercetError, type rpc } from '@tercet/protocol';
import type { Context } from '../context.js';
import { typedId } from '../format/ids.js';

/** The trade whose id begins as typed, as the daemon sees it now. Throws USAGE, TRADE_NOT_FOUND. */
export const findTrade = async (context: Context, typed: string): Promise<rpc.Trade> => {
  const daemon = await context.daemon();
  const { trade } = await daemon.trade.getTrade({ tradeId: typedId(typed) });
  return present(trade);
};

/** An answer without its trade is a daemon of another version. */
export const present = (trade: rpc.Trade | undefined): rpc.Trade => {
  if (trade) return trade;
  throw new TercetError('ANSWER_EMPTY', 'The daemon answered without a trade. It goes on by itself.', {
    wayOut: 'Use a daemon and a command line of the same version.',
  });
};
