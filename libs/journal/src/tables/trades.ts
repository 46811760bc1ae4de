/** Trades and their facts. */
import { setImmediate } from 'node:timers/promises';
import type { Selectable } from 'kysely';
import type { TradeId } from '@tercet/protocol';
import { letGo } from '../let-go.js';
import type { Json, TradeRow } from '../port.js';
import { readable, type Store } from '../rows.js';
import type { Schema } from '../schema.js';
import type { Place } from '../vault.js';

/** With the sequence, so that an older state can't be put back under a newer one. */
export const statePlace = (tradeId: TradeId, sequence: number): Place => [
  'trade',
  'state',
  tradeId,
  sequence,
];
export const factPlace = (tradeId: TradeId, sequence: number): Place => ['fact', 'body', tradeId, sequence];

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

/** See `Journal.openTrades`. @throws JOURNAL_DAMAGED where nobody is told of a damaged row. */
export async function* openTrades(store: Store): AsyncGenerator<TradeRow> {
  for (let position = 0; ;) {
    const rows = await store.runner.read(store.statements.trades.openAfter, { position });
    const last = rows.at(-1);
    if (!last) return;
    // One by one: what a whole page opens would outlive the collector's first rounds, and swell what it looks at seldom.
    for (const row of rows) {
      const opened = readable(store, [row], toTrade(store));
      letGo(row.state);
      yield* opened;
    }
    position = last.position;
    // A turn for whoever waits: with SQLite nothing else here takes one.
    await setImmediate();
  }
}

/** By the index of the open ones: nothing of them is opened. */
export const countOpen = async ({ db }: Store): Promise<number> => {
  const { count } = await db
    .selectFrom('trade')
    .select((e) => e.fn.countAll().as('count'))
    .where((e) => e('terminal', '=', e.lit(0)))
    .executeTakeFirstOrThrow();
  return Number(count);
};
