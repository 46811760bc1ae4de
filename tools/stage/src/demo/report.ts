/** The demo's results as one JSON line each, and as a table for people. */
import { PARTIES } from '../stage/layout.js';
import type { DemoResult } from './run-trade.js';

const digits = (amount: bigint): string => amount.toString();

export const jsonLine = (r: DemoResult): string =>
  JSON.stringify({
    ...r.trade,
    outcome: r.outcome,
    priceMsat: digits(r.priceMsat),
    feesMsat: {
      retain: digits(r.fees.retain),
      success: digits(r.fees.success),
      routing: digits(r.fees.routing),
      chain: digits(r.fees.chain),
    },
    parties: Object.fromEntries(
      PARTIES.map((party) => [
        party,
        { beforeMsat: digits(r.before[party]), afterMsat: digits(r.after[party]) },
      ]),
    ),
    elapsedMs: r.elapsedMs,
  });

/** 123 456 789 msat -> `123 456.789`. */
function satText(amountMsat: bigint): string {
  const sign = amountMsat < 0n ? '-' : '';
  const size = amountMsat < 0n ? -amountMsat : amountMsat;
  const whole = (size / 1000n).toString().replace(/\B(?=(\d{3})+$)/g, ' ');
  return `${sign}${whole}.${(size % 1000n).toString().padStart(3, '0')}`;
}

const row = (...cells: [string, string, string, string]): string =>
  `  ${cells[0].padEnd(8)}${cells
    .slice(1)
    .map((cell) => cell.padStart(18))
    .join('')}`;

export function page(r: DemoResult): string {
  const { trade, heights } = r;
  const lines = [
    `${trade.engine} / ${trade.shape} / ${trade.direction}: ${r.outcome} in ${(r.elapsedMs / 1000).toFixed(1)} s`,
    `  could take the payer's sats:        ${r.trust?.whoCouldTakeSats ?? ''}`,
    `  could make the payee give for free: ${r.trust?.whoCouldTakePerformance ?? ''}`,
    ...(heights
      ? [
          `  heights: accepted ${String(heights.acceptedHeight)}, pay fiat by ${String(heights.performByHeight)}, answer by ${String(heights.answerByHeight)}, decide by ${String(heights.decideByHeight)}, hold ends ${String(heights.endHeight)}`,
        ]
      : []),
    `  price ${satText(r.priceMsat)} sat; fees: retain ${satText(r.fees.retain)}, success ${satText(r.fees.success)}, routing ${satText(r.fees.routing)}, chain ${satText(r.fees.chain)}`,
    row('', 'before (sat)', 'after (sat)', 'change'),
    ...PARTIES.map((party) =>
      row(
        party,
        satText(r.before[party]),
        satText(r.after[party]),
        satText(r.after[party] - r.before[party]),
      ),
    ),
    r.faults.length === 0
      ? '  every millisatoshi is where the terms say'
      : `  NOT AS THE TERMS SAY: ${r.faults.join('; ')}`,
  ];
  return lines.join('\n');
}
