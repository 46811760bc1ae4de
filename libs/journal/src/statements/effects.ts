import type { Selectable } from 'kysely';
import type { TradeId, UnixMs } from '@tercet/protocol';
import type { Database, Schema } from '../schema.js';
import { statement } from '../store/statement.js';

/** What a step and a look at one trade ask of the table. */
export const effectStatements = (db: Database) => ({
  ask: statement<{ key: string; tradeId: TradeId; kind: string; lane: string | null; body: Uint8Array }>(
    (slot) =>
      db.insertInto('effect').values({
        key: slot.key,
        trade_id: slot.tradeId,
        kind: slot.kind,
        lane: slot.lane,
        body: slot.body,
        attempts: 0,
        due_ms: 0,
        done: 0,
      }),
  ),
  markDone: statement<{ key: string; outcome: Uint8Array }>((slot) =>
    db
      .updateTable('effect')
      .set({ done: 1, outcome: slot.outcome })
      .where('key', '=', slot.key)
      // A literal, not a parameter: only so do both databases use the partial indexes.
      .where((e) => e('done', '=', e.lit(0))),
  ),
  keyOf: statement<{ key: string }, { key: string }>((slot) =>
    db.selectFrom('effect').select('key').where('key', '=', slot.key),
  ),
  pendingOf: statement<{ tradeId: TradeId; due: UnixMs; attempts: number }, Selectable<Schema['effect']>>(
    (slot) =>
      db
        .selectFrom('effect')
        .selectAll()
        .where((e) => e('done', '=', e.lit(0)))
        .where('due_ms', '<=', slot.due)
        .where('attempts', '>=', slot.attempts)
        .where('trade_id', '=', slot.tradeId),
  ),
});
