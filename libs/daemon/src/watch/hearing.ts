/**
 * Since which height this daemon has heard its peers without a break. What was sent while it was away still lies in their
 * outboxes, so that silence counts only from where it hears again (S11). It may say a height that is too high, never one
 * that is too low: that costs blocks, and no sats.
 */
import type { LightningNode } from '@tercet/lightning';
import type { Height } from '@tercet/protocol';
import type { Clock } from '../executor/clock.js';

/**
 * Reconciling makes it look once an hour at the least; a process that didn't look for longer was asleep. What waits is
 * tried again every minute, so that a shorter sleep leaves time enough within 36 blocks.
 */
const ASLEEP_MS = 75 * 60 * 1000;

export interface HearingOptions {
  clock: Clock;
  lightning: Pick<LightningNode, 'tip'>;
  /** A process that didn't look for longer was asleep; 75 minutes unless told. */
  asleepMs?: number;
}

export class Hearing {
  /** At the start nobody was heard yet. */
  since: Height;
  private lookedMs: number;
  /** The tip that we know is the chain's: a node that was away too passes old heights first. */
  private isLive = false;
  private asking: Promise<void> | undefined;
  private sleeps = 0;

  constructor(private readonly options: HearingOptions) {
    const { height, timeMs } = options.clock.now();
    this.since = height;
    this.lookedMs = timeMs;
  }

  /** For each block and each reconcile, before what is due is looked at. */
  look(): void {
    const { height, timeMs } = this.options.clock.now();
    if (timeMs - this.lookedMs > (this.options.asleepMs ?? ASLEEP_MS)) {
      this.isLive = false;
      this.sleeps += 1;
    }
    this.lookedMs = timeMs;
    if (this.isLive) return;
    this.since = height;
    // Nothing waits for the node here: until it has answered each block moves the height.
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
  }

  /** Waits for what the node was asked. */
  async close(): Promise<void> {
    await this.asking;
  }

  private async ask(): Promise<void> {
    const { clock, lightning } = this.options;
    const { sleeps } = this;
    try {
      const tip = await lightning.tip();
      // An answer from before a sleep says nothing of the chain after it.
      this.isLive = sleeps === this.sleeps && tip.isSynced && tip.height <= clock.now().height;
    } catch {
      // A node that doesn't answer can't say that this is the chain's tip: the next block or reconcile asks again.
    }
  }
}
