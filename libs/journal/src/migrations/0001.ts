/**
 * The first schema. Migrations are never edited once released: databases of that version exist.
 *
 * - `position` gives the order of creation. Within one trade it follows the steps, as a step holds the trade's row.
 * - `fact` has no way to change a row: evidence is append-only (S33).
 * - `hash` keeps payment hashes for ever, of trades long ended too (S12).
 * - the partial indexes hold the unfinished part only, so that what is over costs nothing.
 */
import { type ColumnDataType, type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { StoreKind } from '../store/kind.js';

const types = (
  kind: StoreKind,
): { position: ColumnDataType; integer: ColumnDataType; sealed: ColumnDataType } =>
  kind === 'sqlite'
    ? { position: 'integer', integer: 'integer', sealed: 'blob' }
    : { position: 'bigserial', integer: 'bigint', sealed: 'bytea' };

const appendOnly = async (db: Kysely<unknown>, kind: StoreKind): Promise<void> => {
  if (kind === 'postgres') {
    await sql`create function fact_is_append_only() returns trigger language plpgsql as
      $$ begin raise exception 'facts are append-only'; end $$`.execute(db);
    await sql`create trigger fact_append_only before update or delete on fact
      for each row execute function fact_is_append_only()`.execute(db);
    return;
  }
  for (const change of ['update', 'delete']) {
    await sql`create trigger ${sql.raw(`fact_no_${change}`)} before ${sql.raw(change)} on fact
      begin select raise(abort, 'facts are append-only'); end`.execute(db);
  }
};

const trades = async (db: Kysely<unknown>, kind: StoreKind): Promise<void> => {
  const { position, integer, sealed } = types(kind);
  await db.schema
    .createTable('trade')
    .addColumn('position', position, (c) => c.primaryKey())
    .addColumn('trade_id', 'text', (c) => c.notNull().unique())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('sequence', integer, (c) => c.notNull())
    .addColumn('terminal', 'integer', (c) => c.notNull())
    .addColumn('state', sealed, (c) => c.notNull())
    .execute();
  await sql`create index trade_live on trade (position) where terminal = 0`.execute(db);
  await db.schema
    .createTable('fact')
    .addColumn('trade_id', 'text', (c) => c.notNull())
    .addColumn('sequence', integer, (c) => c.notNull())
    .addColumn('event_id', 'text')
    .addColumn('body', sealed, (c) => c.notNull())
    .addPrimaryKeyConstraint('fact_pk', ['trade_id', 'sequence'])
    // Each page that a step touches costs it a tenth of a flush: the facts of a trade lie together, without a second tree.
    .modifyEnd(kind === 'sqlite' ? sql`without rowid` : sql``)
    .execute();
  await sql`create unique index fact_event on fact (trade_id, event_id) where event_id is not null`.execute(
    db,
  );
  await appendOnly(db, kind);
};

const outbox = async (db: Kysely<unknown>, kind: StoreKind): Promise<void> => {
  const { position, integer, sealed } = types(kind);
  await db.schema
    .createTable('effect')
    .addColumn('position', position, (c) => c.primaryKey())
    .addColumn('key', 'text', (c) => c.notNull().unique())
    .addColumn('trade_id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('lane', 'text')
    .addColumn('body', sealed, (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('due_ms', integer, (c) => c.notNull())
    .addColumn('done', 'integer', (c) => c.notNull())
    .addColumn('outcome', sealed)
    .addColumn('last_error', sealed)
    .execute();
  await sql`create index effect_due on effect (due_ms, position) where done = 0`.execute(db);
  await sql`create index effect_of_trade on effect (trade_id, position) where done = 0`.execute(db);
};

const deadlines = async (db: Kysely<unknown>, kind: StoreKind): Promise<void> => {
  const { integer } = types(kind);
  await db.schema
    .createTable('deadline')
    .addColumn('trade_id', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('height', integer)
    .addColumn('time_ms', integer)
    .addPrimaryKeyConstraint('deadline_pk', ['trade_id', 'name'])
    .addCheckConstraint('deadline_one_clock', sql`(height is null) <> (time_ms is null)`)
    .execute();
  await sql`create index deadline_height on deadline (height) where height is not null`.execute(db);
  await sql`create index deadline_time on deadline (time_ms) where time_ms is not null`.execute(db);
};

const names = async (db: Kysely<unknown>, kind: StoreKind): Promise<void> => {
  const { sealed } = types(kind);
  await db.schema
    .createTable('hash')
    .addColumn('hash', 'text', (c) => c.notNull().primaryKey())
    .addColumn('trade_id', 'text', (c) => c.notNull())
    .addColumn('purpose', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('claim')
    .addColumn('claim', 'text', (c) => c.notNull().primaryKey())
    .addColumn('trade_id', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('document')
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('body', sealed, (c) => c.notNull())
    .addPrimaryKeyConstraint('document_pk', ['kind', 'id'])
    .execute();
  await db.schema
    .createTable('meta')
    .addColumn('name', 'text', (c) => c.notNull().primaryKey())
    .addColumn('body', sealed, (c) => c.notNull())
    .execute();
};

export const firstSchema = (kind: StoreKind): Migration => ({
  async up(db) {
    await trades(db, kind);
    await outbox(db, kind);
    await deadlines(db, kind);
    await names(db, kind);
  },
});
