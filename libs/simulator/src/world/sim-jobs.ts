/** The queues without Redis, on the virtual clock: work comes late, twice, or not at all, and the journal brings it back. */
import type { JobOptions, Jobs } from '@tercet/jobs';
import type { Life, World } from './port.js';

const HOUR_MS = 60 * 60 * 1000;
const RECONCILE_MS = 60 * 1000;
/** So often something is tried at its own pace; from then on its pauses grow, as no schedule needs a thousand tries a day. */
const AT_OWN_PACE = 6;

export class SimJobs implements Jobs {
  readonly ready = true;
  private readonly tries = new Map<string, number>();

  constructor(
    private readonly options: JobOptions,
    private readonly life: Life,
    private readonly world: World,
  ) {}

  deadlineAt(tradeId: string, name: string, timeMs: number): Promise<void> {
    const later = timeMs + this.stretch(name);
    return this.enqueue(`deadline ${name}`, later, () => this.options.handlers.deadline(tradeId, name));
  }

  /** One that was cleared fires into nothing. */
  clearDeadline(): Promise<void> {
    return Promise.resolve();
  }

  effectAt(key: string, timeMs: number): Promise<void> {
    return this.enqueue('effect', timeMs + this.stretch(key), () => this.options.handlers.effect(key));
  }

  /** What is tried again and again comes later each time. */
  private stretch(key: string): number {
    const tries = (this.tries.get(key) ?? 0) + 1;
    this.tries.set(key, tries);
    return tries <= AT_OWN_PACE ? 0 : Math.min(24 * HOUR_MS, 60_000 * 3 ** (tries - AT_OWN_PACE));
  }

  async rebuild(): Promise<void> {
    const { source } = this.options;
    for (const { key, dueMs } of await source.pendingEffects()) await this.effectAt(key, dueMs);
    for (const { tradeId, name, timeMs } of await source.timeDeadlines())
      await this.deadlineAt(tradeId, name, timeMs);
  }

  /** What the queues do once a minute, and so many times between two blocks. */
  async reconcile(): Promise<void> {
    await this.options.handlers.heights();
    await this.options.handlers.reconcile();
  }

  /** The process ends, and its queue with it. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  private enqueue(name: string, timeMs: number, work: () => Promise<void>): Promise<void> {
    const { faults, random, nowMs } = this.world;
    const dueIn = Math.max(0, timeMs - nowMs);
    if (faults.strikes('jobLost')) {
      // Blocks may be mined by the dozen, but in life no minute goes by without a look at what the journal says is due.
      const found = dueIn + random.between(1000, RECONCILE_MS);
      this.life.later(found, `${name}, lost, is found`, () => this.run(() => this.reconcile()));
      return Promise.resolve();
    }
    const late = faults.strikes('jobLate') ? random.skewed(1000, HOUR_MS) : random.between(0, 200);
    const run = () => this.run(work);
    this.life.later(dueIn + late, name, run);
    if (faults.strikes('jobDoubled')) this.life.later(dueIn + late + 7, name, run);
    return Promise.resolve();
  }

  /** Not waited for: it may hang on a node that never answers. */
  private run(work: () => Promise<void>): void {
    work().catch((error: unknown) => this.options.logger.error({ error }, 'a job failed'));
  }
}
