import type { JobHandlers, JobLogger } from './port.js';
import { settleWithin } from './settle-within.js';
import { jobId, type Work } from './work.js';

const DRAIN_MS = 10_000;

/**
 * Runs due work, each piece once at a time in this process whoever asks for it: a worker and the sweep may both find it.
 * (Over several processes the journal's compare-and-swap decides.)
 */
export const runner = (handlers: JobHandlers) => {
  const running = new Map<string, Promise<void>>();
  const start = (work: Work): Promise<void> =>
    work.queue === 'deadline' ? handlers.deadline(work.tradeId, work.name) : handlers.effect(work.key);

  return {
    /** Rejects as the handler does. A second caller shares the first one's run. */
    run(work: Work): Promise<void> {
      const id = jobId(work);
      const already = running.get(id);
      if (already) return already;
      // Through an async function, so that a handler that throws at once is a rejection too.
      const now = (async () => start(work))().finally(() => running.delete(id));
      running.set(id, now);
      return now;
    },
    isRunning: (work: Work): boolean => running.has(jobId(work)),
    get count() {
      return running.size;
    },
    /** Waits until all have ended, at most 10 s: what is cut off is in the journal. */
    async drain(logger: JobLogger): Promise<void> {
      if (await settleWithin(DRAIN_MS, running.values())) return;
      logger.warn({ count: running.size }, 'jobs still run at shutdown; the journal resumes them');
    },
  };
};

export type Runner = ReturnType<typeof runner>;
