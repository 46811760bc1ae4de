import type { rpc } from '@tercet/protocol';
import { plain } from '../format/plain.js';
import { wrap } from '../format/table.js';
import { showTime } from '../format/time.js';
import { bold, type Look } from './page.js';

export const stoppedPage = ({ stopped }: rpc.StopTradingResponse, look: Look): string =>
  [
    bold('Trading is stopped.', look),
    ...wrap(`Since ${showTime(stopped?.sinceMs ?? 0n)}: ${plain(stopped?.reason ?? '')}`, look.width, 2),
    ...wrap(
      'No new trades, and payments wait; what is owed stays owed. Refunds, cancels, claims and settles go on by themselves. Take it up again with "tercet resume".',
      look.width,
      2,
    ),
  ].join('\n');

export const resumedPage = ({ stoppedForMs }: rpc.ResumeTradingResponse): string =>
  stoppedForMs === 0n
    ? 'Trading was not stopped.'
    : `Trading goes on; it was stopped for ${String((stoppedForMs + 59_999n) / 60_000n)} min. Payments that waited go out now, within the spend cap.`;
