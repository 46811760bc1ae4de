/** The outbox: what a step asked for, until its result is in (S26). */
import type { Selectable, UpdateResult } from 'kysely';
import { type TradeId, type UnixMs, unixMs } from '@tercet/protocol';
import { unknownEffect } from '../faults.js';
import type { EffectRow, PendingFilter } from '../port.js';
import { readable, type Store } from '../rows.js';
import type { Database, Schema } from '../schema.js';
import { change, firstRow, type Work } from '../store/work.js';
import type { Place } from '../vault.js';

export const effectPlace = (column: 'body' | 'outcome' | 'last_error', key: string): Place => [
  'effect',
  column,
  key,
];

/** Derived, so that the same step asks for the same effects. */
export const effectKey = (tradeId: TradeId, sequence: number, index: number): string =>
  `${tradeId}/${sequence}/${index}`;

const toEffect =
  ({ vault }: Store) =>
  (row: Selectable<Schema['effect']>): EffectRow => ({
    key: row.key,
    tradeId: row.trade_id,
    kind: row.kind,
    body: vault.open(effectPlace('body', row.key), row.body),
    ...(row.lane !== null && { lane: row.lane }),
    attempts: row.attempts,
    dueMs: unixMs(row.due_ms),
    ...(row.last_error !== null && {
      lastError: vault.open(effectPlace('last_error', row.key), row.last_error) as string,
    }),
  });

/** Beyond every time: also a query for all effects then finds them by the index of the unfinished ones. */
const EVER = unixMs(Number.MAX_SAFE_INTEGER);

/** Unfinished ones, oldest first. */
export const pendingEffects = async (
  store: Store,
  { tradeId, dueBeforeMs = EVER, failed = false }: PendingFilter,
): Promise<EffectRow[]> => {
  const attempts = failed ? 1 : 0;
  const rows =
    tradeId === undefined
      ? await store.db
          .selectFrom('effect')
          .selectAll()
          .where((e) => e('done', '=', e.lit(0)))
          .where('due_ms', '<=', dueBeforeMs)
          .where('attempts', '>=', attempts)
          .execute()
      : await store.runner.read(store.statements.effects.pendingOf, { tradeId, due: dueBeforeMs, attempts });
  // Here, not in the query: SQLite would walk all effects that ever were to have them in order.
  rows.sort((a, b) => a.position - b.position);
  return readable(store, rows, toEffect(store));
};

/** @throws JOURNAL_DAMAGED */
export const findEffect = async (
  store: Store,
  key: string,
): Promise<(EffectRow & { done: boolean; outcome?: string }) | undefined> => {
  const row = await store.db.selectFrom('effect').selectAll().where('key', '=', key).executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    ...toEffect(store)(row),
    done: row.done === 1,
    ...(row.outcome !== null && {
      outcome: store.vault.open(effectPlace('outcome', key), row.outcome) as string,
    }),
  };
};

/** Everything a trade ever asked for, in its order: by the range of its keys, since only unfinished ones are indexed by trade. */
export const effectsOf = async (store: Store, tradeId: TradeId): Promise<EffectRow[]> => {
  const rows = await store.db
    .selectFrom('effect')
    .selectAll()
    .where('key', '>=', `${tradeId}/`)
    .where('key', '<', `${tradeId}0`)
    .execute();
  rows.sort((a, b) => a.position - b.position);
  return readable(store, rows, toEffect(store));
};

/** Whether an update of an unfinished effect found it; false when it is finished. @throws JOURNAL_NO_EFFECT */
const found = async (db: Database, key: string, { numUpdatedRows }: UpdateResult): Promise<boolean> => {
  if (numUpdatedRows > 0n) return true;
  const row = await db.selectFrom('effect').select('key').where('key', '=', key).executeTakeFirst();
  if (row === undefined) throw unknownEffect(key);
  return false;
};

/** Answers false, and changes nothing, when the effect is finished already. @throws JOURNAL_NO_EFFECT */
export function* markDone({ statements, vault }: Store, key: string, outcome: string): Work<boolean> {
  const { effects } = statements;
  const sealed = vault.seal(effectPlace('outcome', key), outcome);
  if ((yield* change(effects.markDone, { key, outcome: sealed })) > 0) return true;
  if ((yield* firstRow(effects.keyOf, { key })) === undefined) throw unknownEffect(key);
  return false;
}

/** Answers false when it is finished, not due, or somebody else's. One statement, so that the database decides. */
export const claim = async ({ db }: Store, key: string, now: UnixMs, until: UnixMs): Promise<boolean> => {
  const { numUpdatedRows } = await db
    .updateTable('effect')
    .set({ due_ms: until })
    .where('key', '=', key)
    .where((e) => e('done', '=', e.lit(0)))
    .where('due_ms', '<=', now)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
};

/** Counts a failed try; one that another process finished meanwhile is left alone. @throws JOURNAL_NO_EFFECT */
export const postpone = async (
  { db, vault }: Store,
  key: string,
  dueMs: UnixMs,
  why: string,
): Promise<void> => {
  const result = await db
    .updateTable('effect')
    .set((e) => ({
      attempts: e('attempts', '+', 1),
      due_ms: dueMs,
      last_error: vault.seal(effectPlace('last_error', key), why),
    }))
    .where('key', '=', key)
    .where((e) => e('done', '=', e.lit(0)))
    .executeTakeFirstOrThrow();
  await found(db, key, result);
};
