import type { rpc } from '@tercet/protocol';
import { grouped, showHeight, showMsat } from '../format/amount.js';
import { roleName, shapeName } from '../format/names.js';
import { plain } from '../format/plain.js';
import { fields } from '../format/table.js';
import { bold, type Look } from './page.js';

const heightText = (height: number, tipHeight: number): string => {
  if (height === 0) return 'no height bounds it';
  const left = tipHeight > 0 && height > tipHeight ? `, ${grouped(height - tipHeight)} blocks from now` : '';
  return `${showHeight(height)} at the latest${left}`;
};

/** What one shape costs and means: who could take the sats, and until which height they can be locked. */
export const trustLines = (terms: rpc.TermsSummary, look: Look, tipHeight = 0): string[] => [
  `  ${bold(shapeName(terms.shape), look)}`,
  ...fields(
    [
      ['who could take the sats', plain(terms.trust?.whoCouldTakeSats ?? '')],
      ['who could get the fiat for nothing', plain(terms.trust?.whoCouldTakePerformance ?? '')],
      ['how you would prove it', plain(terms.trust?.proof ?? '')],
      ['locked until', terms.trust ? heightText(terms.trust.lockedUntilHeight, tipHeight) : ''],
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

/** Agent and defaults, as the terms name them. */
export const termsPairs = (terms: rpc.TermsSummary): [string, string][] => [
  ['agent', terms.agent ? `${terms.agent.key.slice(0, 16)} (${roleName(terms.agent.role)})` : ''],
  ['windows', plain(terms.windowsPreset)],
];
