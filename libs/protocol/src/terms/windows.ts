/**
 * Windows of a fiat trade in blocks (protocol.md section 5). Heights decide, never clocks.
 * All margins stand here, once.
 */
import type { Blocks, Height } from '../units.js';
import { above, blocks } from '../units.js';
import type { ShapeName } from './order.js';

/** lnd's `invoices.holdexpirydelta` since 0.21, a constant of the terms: D. */
export const HOLD_EXPIRY_DELTA = blocks(18);
/** What a payer's node may add without moving A: E is cut at h + cltv_expiry + 12. */
export const PADDING_COUNTED = blocks(12);
/** Longest lease, in blocks. */
export const LONGEST_LEASE = blocks(6);
/** Blocks of a payer's route beyond the last hop, and lnd's padding of 3. */
export const ROUTE_ALLOWANCE = blocks(3 + 200);
/** A payout asks for at most this many blocks (S5). */
export const PAYOUT_CLTV_LIMIT = blocks(288);
/** The smallest final CLTV lnd accepts; payees' invoices use it so that paying first fits. */
export const SMALLEST_FINAL_CLTV = blocks(24);
/** How long the agent keeps what it took into custody, after decide-by. */
export const CUSTODY_BLOCKS = blocks(1008);
/** Spare blocks around performing: none is acknowledged with less than settlement time + 6 left. */
export const PERFORM_SPARE = blocks(6);
/** After perform-by, how long `fiat-sent` may still arrive. */
export const PERFORM_GRACE = blocks(36);
/** A wallet that can't be read may keep a payment locked this long. */
export const UNREADABLE_WALLET_BLOCKS = blocks(2016);
/** After the lease, how long word of `locked`, or of a payment that comes back, may be on its way. */
export const LOCK_OVERDUE = blocks(6);
/** After the end of custody, how long the agent's payment or ruling may be on its way. */
export const AGENT_GRACE = blocks(36);
/** After the longest route of a payout, how long its end may take: an HTLC that went on chain confirms. */
export const ROUTE_GRACE = blocks(12);
/** Two tips may differ by this much. */
export const TIP_SLACK = blocks(2);

export interface Margins {
  /** A payout starts at the latest here, counted back from A. */
  payoutStart: number;
  /** What is open here is settled. */
  forcedSettle: number;
  /** Somebody should look. */
  alarm: number;
  /** decide-by and reveal-by lie at least this far before A. */
  decide: number;
}
export const MARGINS: Margins = { payoutStart: 51, forcedSettle: 24, alarm: 12, decide: 36 };

/** Whether margins are in order: payout start > forced settle > alarm > 0 and decide > forced settle. */
export const marginsInOrder = (m: Margins): boolean =>
  m.payoutStart > m.forcedSettle && m.forcedSettle > m.alarm && m.alarm > 0 && m.decide > m.forcedSettle;

/** Chance that blocks come faster than Q says. */
const RISK = 0.01;

/** Hours that were asked for before: the presets', and the few settlement times there are. */
const counted = new Map<number, Blocks>();
const MOST_COUNTED = 1000;

/**
 * Blocks for so many hours at 1 % risk of fast blocks: the smallest n with P(Poisson(6 x hours) > n) <= 1 %.
 * Summed in logarithms, since e^-mean underflows from about 120 hours on.
 */
export function blocksForHours(hours: number): Blocks {
  const known = counted.get(hours);
  if (known !== undefined) return known;
  const made = countBlocks(hours);
  if (counted.size < MOST_COUNTED) counted.set(hours, made);
  return made;
}

function countBlocks(hours: number): Blocks {
  const mean = 6 * hours;
  let logTerm = -mean;
  let cumulative = Math.exp(logTerm);
  let n = 0;
  while (1 - cumulative > RISK) {
    n += 1;
    logTerm += Math.log(mean / n);
    cumulative += Math.exp(logTerm);
  }
  return blocks(n);
}

/** Offsets from h, the height at which the escrow was accepted, and the lengths that hang on them. */
export interface Windows {
  performBy: Blocks;
  answerBy: Blocks;
  decideBy: Blocks;
  settlementBlocks: Blocks;
  cltvExpiry: Blocks;
  leaseBlocks: Blocks;
  holdExpiryDelta: Blocks;
}

/** Hours behind the three windows; `instant` is for methods that settle in minutes. */
export const PRESETS = {
  standard: { performHours: 24, answerHours: 36, decideHours: 84 },
  instant: { performHours: 6, answerHours: 18, decideHours: 48 },
} as const;
export type PresetName = keyof typeof PRESETS;

const roundUpTo = (n: number, step: number) => Math.ceil(n / step) * step;

/**
 * The windows of a trade. PEER_HELD: `cltv_expiry` covers decide-by + D + 36; AGENT_HELD: 432, since what is undecided
 * goes into custody (S45).
 */
export function windowsFor(
  shape: ShapeName,
  preset: PresetName,
  settlementMinutes: number,
  leaseBlocks: Blocks = LONGEST_LEASE,
): Windows {
  const { performHours, answerHours, decideHours } = PRESETS[preset];
  const performBy = blocksForHours(performHours);
  const answerBy = blocks(Math.max(blocksForHours(answerHours), performBy + PERFORM_GRACE + 1));
  const decideBy = blocksForHours(decideHours);
  const cltvExpiry =
    shape === 'AGENT_HELD' ? 432 : roundUpTo(decideBy + HOLD_EXPIRY_DELTA + MARGINS.decide, 24);
  return {
    performBy,
    answerBy,
    decideBy,
    settlementBlocks: blocksForHours(settlementMinutes / 60),
    cltvExpiry: blocks(cltvExpiry),
    leaseBlocks,
    holdExpiryDelta: HOLD_EXPIRY_DELTA,
  };
}

/** A = min(E, h + cltv_expiry + 12) - D: where the hold is treated as over (protocol.md section 1). */
export const holdEnd = (acceptHeight: Height, smallestExpiry: Height, w: Windows): Height =>
  above(
    Math.min(smallestExpiry, acceptHeight + w.cltvExpiry + PADDING_COUNTED) as Height,
    -1 * w.holdExpiryDelta,
  );

/** Heights that follow from h, E and the windows; they stand in `locked`. */
export interface LockedHeights {
  h: Height;
  E: Height;
  A: Height;
  performBy: Height;
  answerBy: Height;
  decideBy: Height;
}

export const lockedHeights = (h: Height, E: Height, w: Windows): LockedHeights => ({
  h,
  E,
  A: holdEnd(h, E, w),
  performBy: above(h, w.performBy),
  answerBy: above(h, w.answerBy),
  decideBy: above(h, w.decideBy),
});

/**
 * S49, feasible when locked: each bound is a row, so that a refusal names the one that broke.
 * Answers the names of broken bounds; empty = feasible.
 */
export function brokenBounds(
  shape: ShapeName,
  at: LockedHeights,
  w: Windows,
  { decide }: Pick<Margins, 'decide'> = MARGINS,
): string[] {
  const custodyEnd = at.decideBy + CUSTODY_BLOCKS;
  const bounds: [string, boolean][] = [
    ['settlement time + 6 fits perform-by', w.settlementBlocks + PERFORM_SPARE <= w.performBy],
    ['perform-by + 36 < answer-by', at.performBy + PERFORM_GRACE < at.answerBy],
    ['answer-by < decide-by', at.answerBy < at.decideBy],
    ['E covers cltv_expiry', at.E >= at.h + w.cltvExpiry],
    ['D is the constant', w.holdExpiryDelta === HOLD_EXPIRY_DELTA],
    shape === 'AGENT_HELD'
      ? ['perform-by < A - 36', at.performBy < at.A - decide]
      : ['decide-by <= A - 36', at.decideBy <= at.A - decide],
    shape === 'AGENT_HELD'
      ? ['decide-by <= custody end', at.decideBy <= custodyEnd]
      : ['dispute window of 144', at.decideBy - at.answerBy >= 144],
  ];
  return bounds.filter(([, holds]) => !holds).map(([name]) => name);
}
