/** Follows the node's one stream of the ends of holds, and takes it up again when it breaks. */
import type { LightningNode } from '@tercet/lightning';
import type { PaymentHash } from '@tercet/protocol';
import { hasCode } from '@tercet/protocol';
import { streamEnded, waitMs } from './broken.js';
import { pauseSpread, type Pause } from './pause.js';

export interface EndsWatcherOptions {
  lightning: Pick<LightningNode, 'watchEnds'>;
  onEnd: (hash: PaymentHash) => void;
  /** What ended before may not have been told: everything is to be looked up again. */
  onReady: () => void;
  /** Told once of a stream that broke, however often it breaks again before it is ready. */
  onBroken: (error: unknown) => void;
  /** The node answers and doesn't tell of ends (a macaroon that somebody prepared without the call, an older lnd). */
  onUnwilling: () => void;
  retryMs?: number;
  pause?: Pause;
}

export class EndsWatcher {
  private readonly stop = new AbortController();
  private job: Promise<void> = Promise.resolve();
  /** Resolves once the node has said whether it tells, or has had two seconds for it. */
  known: Promise<void> = Promise.resolve();
  private turns = 0;
  private current: number | undefined;

  constructor(private readonly options: EndsWatcherOptions) {}

  /** Another number each time that the stream was taken up; undefined while ends may be missed. */
  get turn(): number | undefined {
    return this.current;
  }

  start(): void {
    const { retryMs, pause = pauseSpread } = this.options;
    this.known = new Promise((known) => {
      this.job = this.run(known);
      void pause(waitMs(retryMs, 1), this.stop.signal).then(known);
    });
  }

  async close(): Promise<void> {
    this.stop.abort();
    await this.job;
  }

  private async run(known: () => void): Promise<void> {
    const { signal } = this.stop;
    const stopped = () => signal.aborted;
    for (let broken = 0; !stopped();) {
      try {
        for await (const word of this.options.lightning.watchEnds(signal)) {
          if (word === 'ready') {
            broken = 0;
            this.begin();
            known();
          } else this.options.onEnd(word);
        }
        if (!stopped()) throw streamEnded();
      } catch (error) {
        this.broke(error, broken);
        known();
        await (this.options.pause ?? pauseSpread)(waitMs(this.options.retryMs, broken), signal);
        broken += 1;
      }
    }
    known();
  }

  private begin(): void {
    this.turns += 1;
    this.current = this.turns;
    this.options.onReady();
  }

  private broke(error: unknown, before: number): void {
    this.current = undefined;
    if (this.stop.signal.aborted) return;
    if (before === 0) this.options.onBroken(error);
    if (!hasCode(error, 'NODE_UNAVAILABLE')) this.options.onUnwilling();
  }
}
