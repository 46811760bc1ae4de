/** Trades and their facts. */
import { setImmediate } from 'node:timers/promises';
import type { Selectable } from 'kysely';
import type { TradeId } from '@tercet/protocol';
import { letGo } from '../let-go.js';
import type { Json, NewestFilter, TradeHead, TradeRow } from '../port.js';
import { readable, type Store } from '../rows.js';
import type { Schema } from '../schema.js';
import type { Head } from '../statements/trades.js';
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

/** Page after page, each read from where the one before ended; one that stops asking leaves the others unread. */
async function* pages<Row extends { position: number }>(
  read: (position: number) => Promise<Row[]>,
  from: number,
): AsyncGenerator<Row> {
  for (let position = from; ;) {
    const rows = await read(position);
    const last = rows.at(-1);
    if (!last) return;
    yield* rows;
    position = last.position;
    // A turn for whoever waits: with SQLite nothing else here takes one.
    await setImmediate();
  }
}

/** One by one: what a whole page opens would outlive the collector's first rounds, and swell what it looks at seldom. */
async function* opened(
  store: Store,
  rows: AsyncIterable<Selectable<Schema['trade']>>,
): AsyncGenerator<TradeRow> {
  for await (const row of rows) {
    const trade = readable(store, [row], toTrade(store));
    letGo(row.state);
    yield* trade;
  }
}

const FIRST = 0;
/** Beyond every position. */
const LAST = Number.MAX_SAFE_INTEGER;

/** See `Journal.openTrades`. @throws JOURNAL_DAMAGED where nobody is told of a damaged row. */
export const openTrades = (store: Store): AsyncIterable<TradeRow> => {
  const { openAfter } = store.statements.trades;
  return opened(
    store,
    pages((position) => store.runner.read(openAfter, { position }), FIRST),
  );
};

/** See `Journal.newestTrades`. @throws JOURNAL_DAMAGED where nobody is told of a damaged row. */
export async function* newestTrades(store: Store, filter: NewestFilter): AsyncGenerator<TradeRow> {
  const { open = false, before } = filter;
  const { newestBefore, newestOpenBefore, positionOf } = store.statements.trades;
  const [at] =
    before === undefined ? [{ position: LAST }] : await store.runner.read(positionOf, { tradeId: before });
  if (!at) return;
  const statement = open ? newestOpenBefore : newestBefore;
  yield* opened(
    store,
    pages((position) => store.runner.read(statement, { position }), at.position),
  );
}

const toHead = (row: Head): TradeHead => ({
  tradeId: row.trade_id,
  sequence: row.sequence,
  terminal: row.terminal === 1,
});

/** See `Journal.heads`. */
export async function* heads({ runner, statements }: Store): AsyncGenerator<TradeHead> {
  const rows = pages((position) => runner.read(statements.trades.headsAfter, { position }), FIRST);
  for await (const row of rows) yield toHead(row);
}

/** See `Journal.idsBeginning`. */
export const idsBeginning = async (
  { runner, statements }: Store,
  digits: string,
  most: number,
): Promise<TradeId[]> => {
  const rows = await runner.read(statements.trades.idsBeginning, {
    digits,
    length: digits.length,
    most,
  });
  return rows.map((row) => row.trade_id);
};

export const hashHolder = async (
  { runner, statements }: Store,
  hash: string,
): Promise<TradeId | undefined> => {
  const [row] = await runner.read(statements.names.hash, { hash });
  return row?.trade_id;
};

export const claimHolder = async (
  { runner, statements }: Store,
  claim: string,
): Promise<TradeHead | undefined> => {
  const [row] = await runner.read(statements.names.claimHolder, { claim });
  return row && toHead(row);
};

/** By the index of the open ones: nothing of them is opened. */
export const countOpen = async ({ db }: Store): Promise<number> => {
  const { count } = await db
    .selectFrom('trade')
    .select((e) => e.fn.countAll().as('count'))
    .where((e) => e('terminal', '=', e.lit(0)))
    .executeTakeFirstOrThrow();
  return Number(count);
};
