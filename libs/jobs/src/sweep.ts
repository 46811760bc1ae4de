import type { JobLogger, JobSource } from './port.js';
import type { Runner } from './running.js';
import { workIn } from './work.js';

/** Most pieces of work a sweep has going at once. */
const AT_ONCE = 50;

/**
 * The way without Redis: reads the journal and starts whatever is due, here in this process. Deadlines protect money, so they
 * must move even when the queue is gone; a few seconds late is nothing against windows counted in blocks.
 * Starts and doesn't wait, so that one stuck piece holds up none of the others (S28); one failing piece fails alone (S25).
 */
export const sweep = async (
  source: JobSource,
  runner: Runner,
  logger: JobLogger,
  nowMs: number,
): Promise<void> => {
  for (const work of await workIn(source, nowMs)) {
    if (work.timeMs > nowMs || runner.count >= AT_ONCE) return;
    if (runner.isRunning(work)) continue;
    runner.run(work).catch((error: unknown) => {
      logger.warn(
        { queue: work.queue, error },
        'due work failed; it stays in the journal for the next sweep',
      );
    });
  }
};
