import { rpc } from '@tercet/protocol';
import { grouped } from '../format/amount.js';
import { roleName, whereName } from '../format/names.js';
import { plain } from '../format/plain.js';

/** One line of `watch`: what happened, and where that leaves the sats. */
export const changeLine = ({ trade, change }: rpc.WatchTradesResponse): string => {
  if (!trade) return 'a change of a trade that the daemon does not name';
  const sender = change && change.from !== rpc.Role.UNSPECIFIED ? ` from ${roleName(change.from)}` : '';
  const what = change ? `${plain(change.kind)}${sender}` : 'as it is now';
  const sats = trade.sats;
  const until = sats && sats.untilHeight > 0 ? ` until height ${grouped(sats.untilHeight)}` : '';
  const can = sats && sats.can.length > 0 ? `; you can: ${sats.can.map(plain).join(', ')}` : '';
  const over = trade.ended ? '; over' : '';
  return `${trade.tradeId.slice(0, 8)}  height ${grouped(change?.height ?? trade.tipHeight)}  ${what}; your sats: ${whereName(plain(sats?.where ?? '-'))}${until}${can}${over}`;
};
