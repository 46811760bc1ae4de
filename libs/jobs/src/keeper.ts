import type { JobLogger, JobOptions, QueueName } from './port.js';
import { runner as createRunner } from './running.js';
import { settleWithin } from './settle-within.js';
import { sweep } from './sweep.js';
import { workIn, type Work } from './work.js';

/** The queues as they are kept filled. Each call rejects, within seconds, while they can't be written to. */
export interface KeptQueues {
  add(work: Work[]): Promise<void>;
  /** Starts the scheduler of reconciles anew, from now. */
  schedule(everyMs: number): Promise<void>;
  /** Leaves the sign that they are filled. */
  mark(): Promise<void>;
  /** Whether the sign is still there. Writes it again, so that queues that only answer aren't taken for queues that work. */
  isMarked(): Promise<boolean>;
  /** Whether there is anybody to write to. */
  readonly isConnected: boolean;
}

/** The wall clock, for what is due; and one that nobody sets, for how long ago something was. */
export interface Clocks {
  nowMs: () => number;
  elapsedMs: () => number;
}
const MACHINE_CLOCKS: Clocks = { nowMs: () => Date.now(), elapsedMs: () => performance.now() };

/** How long closing waits for a look or a rebuild that has begun. */
const LAST_LOOK_MS = 5_000;
/** Overdue by this much, work counts as lost by the queue and is added again. */
const LOST_AFTER_MS = 5_000;
/** Without a reconcile for so many of its intervals the queue has lost it, or its clock was set back. */
const MOST_INTERVALS = 2;

/**
 * Keeps the queues filled from the journal, and does due work here while they can't be written to (S23). Knows no Redis.
 * Nothing here throws or hangs on queues that are away: the journal has the work already.
 */
export class Keeper {
  readonly runner: ReturnType<typeof createRunner>;
  private isReady = false;
  private told = false;
  private closing = false;
  private rebuilding: Promise<void> | undefined;
  private looking: Promise<void> | undefined;
  private reconciling: Promise<void> | undefined;
  private reconciledMs: number;

  constructor(
    private readonly queues: KeptQueues,
    private readonly options: Pick<
      JobOptions,
      'handlers' | 'source' | 'logger' | 'reconcileEveryMs' | 'onFired'
    >,
    private readonly clocks = MACHINE_CLOCKS,
  ) {
    this.runner = createRunner(options.handlers);
    this.reconciledMs = clocks.elapsedMs();
  }

  /** They answer, take what is written, and hold everything that the journal knows. */
  get ready(): boolean {
    return this.isReady && !this.closing;
  }

  private get logger(): JobLogger {
    return this.options.logger;
  }

  /** The queues can't be written to; told once until they can again. */
  readonly unavailable = (error: unknown): void => {
    this.isReady = false;
    if (this.told || this.closing) return;
    this.told = true;
    const why = error instanceof Error ? error.message : String(error);
    this.logger.warn(
      { why },
      'Redis does not answer or refuses writes; due work is swept from the journal until it is back',
    );
  };

  add(work: Work[]): Promise<void> {
    return this.queues.add(work).catch(this.unavailable);
  }

  /** What a worker does with a job; without `work` it is the reconcile. */
  async run(queue: QueueName, work: Work | undefined): Promise<void> {
    if (!work) return this.reconcile();
    this.options.onFired?.(queue, Math.max(0, this.clocks.nowMs() - work.timeMs));
    await this.runner.run(work);
  }

  /** Puts all that waits into the queues. Rejects where the journal can't be read. */
  rebuild(): Promise<void> {
    this.rebuilding ??= this.fill().finally(() => {
      this.rebuilding = undefined;
    });
    return this.rebuilding;
  }

  /** As `rebuild`, for when a connection is back. */
  refill(): void {
    if (this.closing) return;
    this.rebuild().catch((error: unknown) =>
      this.logger.error({ error }, 'the journal could not be read for the queues; it is tried again'),
    );
  }

  /** Every few seconds: whether the queues still work, and what is due where they don't. Never rejects. */
  look(): Promise<void> {
    if (this.closing) return Promise.resolve();
    this.looking ??= this.lookOnce().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  /** Waits for what runs, within limits; nothing begins any more. */
  async close(): Promise<void> {
    this.closing = true;
    await settleWithin(
      LAST_LOOK_MS,
      [this.looking, this.rebuilding, this.reconciling].flatMap((one) => one ?? []),
    );
  }

  private async fill(): Promise<void> {
    const work = await workIn(this.options.source);
    try {
      // Before the work is added and read again after it, so that a flush in between is seen.
      await this.queues.mark();
      await this.queues.schedule(this.options.reconcileEveryMs);
      await this.queues.add(work);
      if (!(await this.queues.isMarked())) return;
      this.isReady = true;
      if (this.told) this.logger.info({}, 'Redis is back; the queues are rebuilt from the journal');
      this.told = false;
    } catch (error) {
      this.unavailable(error);
    }
  }

  private async lookOnce(): Promise<void> {
    await this.check();
    try {
      if (!this.isReady && this.queues.isConnected) await this.rebuild();
      // The queue is only one way to the work: without it the journal is swept here.
      if (!this.isReady) await sweep(this.options.source, this.runner, this.logger, this.clocks.nowMs());
      await this.reconcileIfMissed();
    } catch (error) {
      this.logger.error({ error }, 'looking after due work failed; the next look follows');
    }
  }

  private async check(): Promise<void> {
    if (!this.isReady) return;
    try {
      if (await this.queues.isMarked()) return;
      this.logger.warn({}, 'Redis was emptied; the queues are rebuilt from the journal');
      this.isReady = false;
    } catch (error) {
      this.unavailable(error);
    }
  }

  /** Where the queues are away, or bring none: a clock that was set back by a day puts off all that they hold by a day. */
  private async reconcileIfMissed(): Promise<void> {
    const { reconcileEveryMs } = this.options;
    const most = this.isReady ? MOST_INTERVALS * reconcileEveryMs : reconcileEveryMs;
    if (this.clocks.elapsedMs() - this.reconciledMs < most) return;
    if (this.isReady) await this.queues.schedule(reconcileEveryMs).catch(this.unavailable);
    // Not waited for: one that takes its time holds up no look, and so nothing that is due meanwhile (S28).
    this.reconcile().catch((error: unknown) =>
      this.logger.error({ error }, 'a reconcile failed; the next one follows'),
    );
  }

  /** Runs once per interval over all replicas, or here while the queues bring none. One at a time. */
  private reconcile(): Promise<void> {
    this.reconciling ??= this.reconcileOnce().finally(() => {
      this.reconciling = undefined;
    });
    return this.reconciling;
  }

  private async reconcileOnce(): Promise<void> {
    const { source, handlers } = this.options;
    this.reconciledMs = this.clocks.elapsedMs();
    if (this.isReady) {
      const lostBeforeMs = this.clocks.nowMs() - LOST_AFTER_MS;
      const lost = await workIn(source, lostBeforeMs);
      await this.add(lost.filter((work) => !this.runner.isRunning(work)));
    }
    // Both, whatever becomes of the other.
    for (const result of await Promise.allSettled([handlers.heights(), handlers.reconcile()])) {
      if (result.status === 'rejected') throw result.reason;
    }
  }
}
