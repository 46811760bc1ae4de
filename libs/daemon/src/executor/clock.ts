import type { At, Height } from '@tercet/protocol';
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
