import { type Selectable, sql } from 'kysely';
import type { TradeId } from '@tercet/protocol';
import type { Database, Schema } from '../schema.js';
import { statement } from '../store/statement.js';

export interface State {
  tradeId: TradeId;
  role: string;
  sequence: number;
  state: Uint8Array;
}

/** What of a trade lies in the clear. */
export type Head = Pick<Selectable<Schema['trade']>, 'trade_id' | 'sequence' | 'terminal'>;

/** Trades that are read at once: more would keep others waiting while they are opened. */
const PAGE = 100;
/** Of what lies in the clear. */
const HEADS = 1_000;

/** What a step asks of the two tables. */
export const tradeStatements = (db: Database) => ({
  begin: statement<State & { terminal: number }>((slot) =>
    db
      .insertInto('trade')
      .values({
        trade_id: slot.tradeId,
        role: slot.role,
        sequence: slot.sequence,
        terminal: slot.terminal,
        state: slot.state,
      })
      .onConflict((conflict) => conflict.column('trade_id').doNothing()),
  ),
  /** Of a trade that stays open. `terminal` isn't written: that would touch its index too. */
  swap: statement<State & { expected: number }>((slot) =>
    db
      .updateTable('trade')
      .set({ role: slot.role, sequence: slot.sequence, state: slot.state })
      .where('trade_id', '=', slot.tradeId)
      .where('sequence', '=', slot.expected)
      .where((e) => e('terminal', '=', e.lit(0))),
  ),
  /** Of one that ends, or is opened again. `most`: 0 for an open trade only. */
  swapAndMark: statement<State & { expected: number; terminal: number; most: number }>((slot) =>
    db
      .updateTable('trade')
      .set({ role: slot.role, sequence: slot.sequence, state: slot.state, terminal: slot.terminal })
      .where('trade_id', '=', slot.tradeId)
      .where('sequence', '=', slot.expected)
      .where('terminal', '<=', slot.most),
  ),
  load: statement<{ tradeId: TradeId }, Selectable<Schema['trade']>>((slot) =>
    db.selectFrom('trade').selectAll().where('trade_id', '=', slot.tradeId),
  ),
  /** A page of the open ones. */
  openAfter: statement<{ position: number }, Selectable<Schema['trade']>>((slot) =>
    db
      .selectFrom('trade')
      .selectAll()
      .where((e) => e('terminal', '=', e.lit(0)))
      .where('position', '>', slot.position)
      .orderBy('position')
      .limit(sql.lit(PAGE)),
  ),
  /** A page of all, the newest first. */
  newestBefore: statement<{ position: number }, Selectable<Schema['trade']>>((slot) =>
    db
      .selectFrom('trade')
      .selectAll()
      .where('position', '<', slot.position)
      .orderBy('position', 'desc')
      .limit(sql.lit(PAGE)),
  ),
  newestOpenBefore: statement<{ position: number }, Selectable<Schema['trade']>>((slot) =>
    db
      .selectFrom('trade')
      .selectAll()
      .where((e) => e('terminal', '=', e.lit(0)))
      .where('position', '<', slot.position)
      .orderBy('position', 'desc')
      .limit(sql.lit(PAGE)),
  ),
  headsAfter: statement<{ position: number }, Head & { position: number }>((slot) =>
    db
      .selectFrom('trade')
      .select(['position', 'trade_id', 'sequence', 'terminal'])
      .where('position', '>', slot.position)
      .orderBy('position')
      .limit(sql.lit(HEADS)),
  ),
  positionOf: statement<{ tradeId: TradeId }, { position: number }>((slot) =>
    db.selectFrom('trade').select('position').where('trade_id', '=', slot.tradeId),
  ),
  /** Digit by digit: in the order of some languages 'aa' comes behind 'z', and a server may keep its index in one of them. */
  idsBeginning: statement<{ digits: string; length: number; most: number }, { trade_id: TradeId }>((slot) =>
    db
      .selectFrom('trade')
      .select('trade_id')
      .where(sql`substr(trade_id, 1, ${slot.length})`, '=', slot.digits)
      .orderBy('trade_id')
      .limit(slot.most),
  ),
  sequenceOf: statement<{ tradeId: TradeId }, { sequence: number }>((slot) =>
    db.selectFrom('trade').select('sequence').where('trade_id', '=', slot.tradeId),
  ),
  appendFact: statement<{ tradeId: TradeId; sequence: number; eventId: string | null; body: Uint8Array }>(
    (slot) =>
      db
        .insertInto('fact')
        .values({ trade_id: slot.tradeId, sequence: slot.sequence, event_id: slot.eventId, body: slot.body })
        // The swap made the sequence ours: only the event can be there already.
        .onConflict((conflict) => conflict.doNothing()),
  ),
  factOfEvent: statement<{ tradeId: TradeId; eventId: string }, { sequence: number }>((slot) =>
    db
      .selectFrom('fact')
      .select('sequence')
      .where('trade_id', '=', slot.tradeId)
      .where('event_id', '=', slot.eventId),
  ),
});
