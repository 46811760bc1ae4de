import type { At, Height, TradeState } from '@tercet/protocol';
import { height, unixMs } from '@tercet/protocol';

/** The tip and the time that facts are taken in at. Heights once passed stay passed, whatever a reorg does (section 5). */
export class Clock {
  private tip: Height;

  constructor(
    tip: Height,
    private readonly time: () => number = Date.now,
  ) {
    this.tip = tip;
  }

  /** Answers whether the tip has grown. */
  seen(tip: Height): boolean {
    if (tip <= this.tip) return false;
    this.tip = height(tip);
    return true;
  }

  now(): At {
    return { height: this.tip, timeMs: unixMs(this.time()) };
  }
}

/*
 * Times are kept in the journal, and a machine's clock may be set back: what was written before that lies ahead of now, by
 * more than it ever should. Nothing waits for the clock to come there again.
 */

/** Whether that was within so long before now; also where the clock was set back by less than that since. */
export const isWithin = (atMs: number, nowMs: number, spanMs: number): boolean =>
  Math.abs(nowMs - atMs) < spanMs;

/** Whether a time has come that is never set further ahead than `mostMs`. */
export const hasCome = (dueMs: number, nowMs: number, mostMs = Number.POSITIVE_INFINITY): boolean =>
  dueMs <= nowMs || dueMs - nowMs > mostMs;

type Deadline = TradeState['deadlines'][string];
/** Heights by the tip, times by the clock; the two are never compared (S15). */
export const isReached = (at: Deadline, now: At): boolean =>
  'height' in at ? at.height <= now.height : hasCome(at.timeMs, now.timeMs, at.withinMs);
