/** Deadlines. The two clocks, blocks and time, are never compared with each other (S15). */
import type { Selectable } from 'kysely';
import { type Height, height, type UnixMs, unixMs } from '@tercet/protocol';
import type { Commit, DeadlineRow, TimeDeadline } from '../port.js';
import type { Store } from '../rows.js';
import type { Schema } from '../schema.js';
import { change, type Work } from '../store/work.js';

/** Beyond every time. */
const EVER = unixMs(Number.MAX_SAFE_INTEGER);

/** Clears and sets those of a step. */
export function* moveDeadlines({ statements }: Store, { tradeId, deadlines }: Commit): Work<void> {
  for (const name of deadlines.clear) yield* change(statements.deadlines.clear, { tradeId, name });
  for (const { name, at } of deadlines.set) {
    const clock = 'height' in at ? { height: at.height, timeMs: null } : { height: null, timeMs: at.timeMs };
    yield* change(statements.deadlines.set, { tradeId, name, ...clock });
  }
}

const toDeadline = (row: Selectable<Schema['deadline']>): DeadlineRow => ({
  tradeId: row.trade_id,
  name: row.name,
  // The table holds exactly one of them, by constraint.
  at: row.height === null ? { timeMs: unixMs(row.time_ms ?? 0) } : { height: height(row.height) },
});

/** By height first, then by time; each the earliest first. */
export const dueDeadlines = async (
  { db }: Store,
  now: { height: Height; timeMs: UnixMs },
): Promise<DeadlineRow[]> => {
  const byHeight = await db
    .selectFrom('deadline')
    .selectAll()
    .where('height', '<=', now.height)
    .orderBy('height')
    .execute();
  const byTime = await db
    .selectFrom('deadline')
    .selectAll()
    .where('time_ms', '<=', now.timeMs)
    .orderBy('time_ms')
    .execute();
  return [...byHeight, ...byTime].map(toDeadline);
};

/** Those of the clock, by its index, the earliest first. */
export const timeDeadlines = async ({ db }: Store, beforeMs: UnixMs = EVER): Promise<TimeDeadline[]> => {
  const rows = await db
    .selectFrom('deadline')
    .select(['trade_id', 'name', 'time_ms'])
    .where('time_ms', '<=', beforeMs)
    .orderBy('time_ms')
    .execute();
  return rows.map((row) => ({ tradeId: row.trade_id, name: row.name, timeMs: unixMs(row.time_ms ?? 0) }));
};
