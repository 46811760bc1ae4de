import type { JobSource } from './port.js';

/** One thing that falls due at a time (ms since 1970). */
export type Work =
  | { queue: 'deadline'; tradeId: string; name: string; timeMs: number }
  | { queue: 'effect'; key: string; timeMs: number };

/**
 * The id of a job, derived from its journal key and its time. The time belongs to it: BullMQ ignores an id it has, finished or
 * running, so an effect that postpones itself from inside its own job would otherwise lose its next try.
 * BullMQ forbids `:` and plain integers, hence the encoding (it leaves no `/` in a part) and the letter in front.
 */
export const jobId = (work: Work): string =>
  work.queue === 'deadline'
    ? `d/${encodeURIComponent(work.tradeId)}/${encodeURIComponent(work.name)}/${work.timeMs}`
    : `e/${encodeURIComponent(work.key)}/${work.timeMs}`;

/** Everything that waits in the journal, or what is due before a time; soonest first. */
export const workIn = async (source: JobSource, beforeMs?: number): Promise<Work[]> => {
  const [effects, deadlines] = await Promise.all([
    source.pendingEffects(beforeMs),
    source.timeDeadlines(beforeMs),
  ]);
  return [
    ...effects.map(({ key, dueMs }): Work => ({ queue: 'effect', key, timeMs: dueMs })),
    ...deadlines.map((deadline): Work => ({ queue: 'deadline', ...deadline })),
  ].sort((a, b) => a.timeMs - b.timeMs);
};
