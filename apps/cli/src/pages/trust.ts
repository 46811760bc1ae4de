import { rpc } from '@tercet/protocol';
import { grouped, showHeight, showMsat } from '../format/amount.js';
import { shapeName } from '../format/names.js';
import { plain } from '../format/plain.js';
import { fields } from '../format/table.js';
import { bold, type Look } from './page.js';

const heightText = (height: number, tipHeight: number): string => {
  if (height === 0) return 'no height bounds it';
  const left = tipHeight > 0 && height > tipHeight ? `, ${grouped(height - tipHeight)} blocks from now` : '';
  return `${showHeight(height)} at the latest${left}`;
};

/** What one shape means: who could take the sats, and until which height they can be locked, where they may be still. */
export const trustLines = (terms: rpc.TermsSummary, look: Look, tip: number | 'over' = 0): string[] => [
  `  ${bold(shapeName(terms.shape), look)}`,
  ...fields(
    [
      ['who could take the sats', plain(terms.trust?.whoCouldTakeSats ?? '')],
      ['who could get the fiat for nothing', plain(terms.trust?.whoCouldTakePerformance ?? '')],
      ['how you would prove it', plain(terms.trust?.proof ?? '')],
      ['locked until', terms.trust && tip !== 'over' ? heightText(terms.trust.lockedUntilHeight, tip) : ''],
    ],
    look.width,
    4,
  ),
];

/** Who pays what. */
export const costPairs = (terms: rpc.TermsSummary): [string, string][] => [
  ['the seller locks', showMsat(terms.priceMsat)],
  ['the buyer receives', showMsat(terms.payoutMsat)],
  ['retain fee', `${showMsat(terms.retainFeeMsat)}, paid by the taker at once, never given back`],
  ['success fee', `${showMsat(terms.successFeeMsat)}, taken by the agent when the trade succeeds`],
];

const whoGets = (seat: rpc.Seat): string => {
  if (seat === rpc.Seat.PAYER) return 'the sats go back to the seller';
  return seat === rpc.Seat.PAYEE ? 'the sats go to the buyer' : '';
};

/** Who the agent is, and where the sats go when nobody speaks or decides: both sides sign it. */
export const signedPairs = (terms: rpc.TermsSummary): [string, string][] => [
  ['agent', terms.agent ? terms.agent.key.slice(0, 16) : ''],
  ['when both are silent', whoGets(terms.defaultBothSilent)],
  ['when nobody decides', whoGets(terms.defaultUndecided)],
];
