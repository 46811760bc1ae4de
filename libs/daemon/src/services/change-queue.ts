import { TercetError, type TradeId } from '@tercet/protocol';
import type { Change } from '../executor/port.js';

/** A client that is so far behind is told to come again with its cursor, instead of filling the memory. */
const MOST_WAITING = 10_000;

/** Changes between the executor, which never waits, and one client. */
export class ChangeQueue {
  private waiting: Change[] = [];
  private overflow = false;
  private wake: (() => void) | undefined;

  push(change: Change): void {
    if (this.waiting.length >= MOST_WAITING) this.overflow = true;
    else this.waiting.push(change);
    this.wake?.();
  }

  /** Whether a change of that trade waits to be given. */
  holds(tradeId: TradeId): boolean {
    return this.waiting.some(({ trade }) => trade.tradeId === tradeId);
  }

  /** Each change in its order, until the signal aborts. Throws WATCH_TOO_SLOW. */
  async *until(signal: AbortSignal): AsyncGenerator<Change> {
    const stop = () => this.wake?.();
    signal.addEventListener('abort', stop);
    try {
      for (; !signal.aborted;) {
        const changes = this.waiting;
        this.waiting = [];
        yield* changes;
        if (this.overflow) throw tooSlow();
        if (changes.length === 0) await this.more(signal);
      }
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  private more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted || this.waiting.length > 0) {
        resolve();
        return;
      }
      this.wake = () => {
        this.wake = undefined;
        resolve();
      };
    });
  }
}

const tooSlow = () =>
  new TercetError(
    'WATCH_TOO_SLOW',
    'The changes were taken in too slowly, so this watch ends. No trade is affected.',
    {
      wayOut: 'Watch again with the cursor of the last answer: nothing is lost.',
    },
  );
