/** The queues without Redis, for daemons inside one process: timers that hold keys of the journal, filled from it at the start. */
import type { JobOptions, Jobs } from '@tercet/jobs';
import type { FastClock } from './fast-clock.js';

export class TimerJobs implements Jobs {
  /** No job comes and none is taken, as with a Redis out of reach and nobody who sweeps: blocks and peers are what is left. */
  private dark = false;
  private readonly stops = new Set<() => void>();
  private readonly running = new Set<Promise<void>>();
  private closed = false;

  get ready(): boolean {
    return !this.dark;
  }

  constructor(
    private readonly options: JobOptions,
    private readonly clock: FastClock,
  ) {}

  deadlineAt(tradeId: string, name: string, timeMs: number): Promise<void> {
    return this.later(timeMs, () => this.options.handlers.deadline(tradeId, name));
  }

  clearDeadline(): Promise<void> {
    // One that was cleared fires into nothing.
    return Promise.resolve();
  }

  effectAt(key: string, timeMs: number): Promise<void> {
    return this.later(timeMs, () => this.options.handlers.effect(key));
  }

  async rebuild(): Promise<void> {
    const { source } = this.options;
    for (const { key, dueMs } of await source.pendingEffects()) await this.effectAt(key, dueMs);
    for (const { tradeId, name, timeMs } of await source.timeDeadlines())
      await this.deadlineAt(tradeId, name, timeMs);
  }

  /** What the queues do once a minute. */
  async reconcile(): Promise<void> {
    await this.options.handlers.heights();
    await this.options.handlers.reconcile();
  }

  async close(): Promise<void> {
    this.kill();
    await Promise.allSettled(this.running);
  }

  goDark(): void {
    this.dark = true;
    this.drop();
  }

  /** As on reconnect: filled from the journal. */
  async comeBack(): Promise<void> {
    this.dark = false;
    await this.rebuild();
    await this.reconcile();
  }

  /** Ends without waiting, as with the process. */
  kill(): void {
    this.closed = true;
    this.drop();
  }

  private drop(): void {
    for (const stop of this.stops) stop();
    this.stops.clear();
  }

  private later(timeMs: number, work: () => Promise<void>): Promise<void> {
    if (this.closed || this.dark) return Promise.resolve();
    const stop = this.clock.at(timeMs, () => {
      this.stops.delete(stop);
      const job = work()
        .catch((error: unknown) => this.options.logger.error({ error }, 'a job failed'))
        .finally(() => this.running.delete(job));
      this.running.add(job);
    });
    this.stops.add(stop);
    return Promise.resolve();
  }
}
