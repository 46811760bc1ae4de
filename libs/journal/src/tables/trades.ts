/** Trades and their facts. */
import type { Selectable } from 'kysely';
import type { TradeId } from '@tercet/protocol';
import type { Json, TradeRow } from '../port.js';
import { readable, type Store } from '../rows.js';
import type { Database, Schema } from '../schema.js';
import { statement } from '../store/statement.js';
import type { Place } from '../vault.js';

/** With the sequence, so that an older state can't be put back under a newer one. */
export const statePlace = (tradeId: TradeId, sequence: number): Place => [
  'trade',
  'state',
  tradeId,
  sequence,
];
export const factPlace = (tradeId: TradeId, sequence: number): Place => ['fact', 'body', tradeId, sequence];

export interface State {
  tradeId: TradeId;
  role: string;
  sequence: number;
  state: Uint8Array;
}

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

const toTrade =
  ({ vault }: Store) =>
  (row: Selectable<Schema['trade']>): TradeRow => ({
    tradeId: row.trade_id,
    role: row.role,
    sequence: row.sequence,
    terminal: row.terminal === 1,
    state: vault.open(statePlace(row.trade_id, row.sequence), row.state),
  });

/** @throws JOURNAL_DAMAGED */
export const loadTrade = async (store: Store, tradeId: TradeId): Promise<TradeRow | undefined> => {
  const [row] = await store.runner.read(store.statements.trades.load, { tradeId });
  return row && toTrade(store)(row);
};

/** In order of creation. */
export const listTrades = async (store: Store, terminal: boolean | undefined): Promise<TradeRow[]> => {
  const all = store.db.selectFrom('trade').selectAll().orderBy('position');
  const wanted = terminal === undefined ? all : all.where((e) => e('terminal', '=', e.lit(terminal ? 1 : 0)));
  return readable(store, await wanted.execute(), toTrade(store));
};

/** Oldest first. @throws JOURNAL_DAMAGED: a history with a gap is no history. */
export const listFacts = async (
  { db, vault }: Store,
  tradeId: TradeId,
  afterSequence: number,
): Promise<{ sequence: number; fact: Json }[]> => {
  const rows = await db
    .selectFrom('fact')
    .select(['sequence', 'body'])
    .where('trade_id', '=', tradeId)
    .where('sequence', '>', afterSequence)
    .orderBy('sequence')
    .execute();
  return rows.map(({ sequence, body }) => ({
    sequence,
    fact: vault.open(factPlace(tradeId, sequence), body),
  }));
};
