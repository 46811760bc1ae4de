/** Follows the chain's tip at the node and fires the height deadlines that each new block makes due (S14: blocks, never clocks). */
import type { LightningNode, Tip } from '@tercet/lightning';
import type { Clock } from '../executor/clock.js';
import { pause, type Pause } from './pause.js';

export interface TipWatcherOptions {
  lightning: Pick<LightningNode, 'watchTip'>;
  clock: Clock;
  /** Called for each new tip; must not throw. */
  onTip: (tip: Tip) => Promise<void>;
  onError: (error: unknown) => void;
  retryMs?: number;
  pause?: Pause;
}

export class TipWatcher {
  private readonly stop = new AbortController();
  private job: Promise<void> = Promise.resolve();
  /** The last tip seen. */
  tip: Tip;

  constructor(
    first: Tip,
    private readonly options: TipWatcherOptions,
  ) {
    this.tip = first;
  }

  start(): void {
    this.job = this.run();
  }

  async close(): Promise<void> {
    this.stop.abort();
    await this.job;
  }

  private async run(): Promise<void> {
    const { signal } = this.stop;
    const stopped = () => signal.aborted;
    while (!stopped()) {
      try {
        for await (const tip of this.options.lightning.watchTip(signal)) {
          this.tip = tip;
          if (this.options.clock.seen(tip.height)) await this.options.onTip(tip);
        }
      } catch (error) {
        if (!stopped()) this.options.onError(error);
      }
      if (!stopped()) await (this.options.pause ?? pause)(this.options.retryMs ?? 1000, signal);
    }
  }
}
