import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { Kysely } from 'kysely';
import { height, unixMs } from '@tercet/protocol';
import { openJournal } from '../open.js';
import type { Json } from '../port.js';
import type { Schema } from '../schema.js';
import { connect } from '../store/connect.js';
import { openSqlite, sqliteDialect } from '../store/sqlite.js';
import { allTrades } from '../testing/all-trades.js';
import { KEY, step, tradeId } from '../testing/samples.js';
import { type SqlitePlace, sqlitePlace } from '../testing/sqlite-place.js';
import { createVault } from '../vault.js';
import { applied, migrate, migrations } from './migrate.js';

/** One file for each released schema: a database as that version left it. */
const RELEASED = join(import.meta.dirname, 'released');
const released = readdirSync(RELEASED).map(
  (file) => [file.split('.')[0] ?? '', join(RELEASED, file)] as const,
);

/** What a sample's state says that it has taken. */
const hashesOf = (state: Json): { hash: string; purpose: string }[] => [
  { hash: `terms/${String((state as { steps: number }).steps)}`, purpose: 'terms' },
];
const known = migrations('sqlite', { vault: createVault(KEY), hashesOf });

let place: SqlitePlace;

beforeEach(() => {
  place = sqlitePlace();
});

afterEach(() => {
  place.remove();
});

const tables = (path: string): Record<string, string> => {
  const database = new SQLite(path);
  const rows = database
    .prepare<[], { name: string; sql: string }>('select name, sql from sqlite_master where sql is not null')
    .all();
  database.close();
  return Object.fromEntries(rows.map(({ name, sql }) => [name, sql.replace(/\s+/g, ' ')]));
};

describe('migrations', () => {
  it('every one has a database of its version kept', () => {
    expect(released.map(([version]) => version)).toEqual(Object.keys(known));
  });

  it.each(released)('from %s on, a journal is opened with all that it held', async (_, file) => {
    await place.raw(readFileSync(file, 'utf8'));
    const journal = await openJournal({ url: place.url, key: KEY, hashesOf });
    const [a, b] = [tradeId('a'), tradeId('b')];
    expect(await allTrades(journal)).toEqual([
      { tradeId: a, role: 'maker', sequence: 2, terminal: false, state: { steps: 2, owed: 21_000_000n } },
      { tradeId: b, role: 'maker', sequence: 1, terminal: true, state: { steps: 1, owed: 21_000_000n } },
    ]);
    expect(await journal.facts(a)).toHaveLength(2);
    expect(await journal.effect(`${a}/1/0`)).toMatchObject({ done: true, outcome: 'paid', lane: 'peer' });
    expect(await journal.pendingEffects()).toEqual([
      expect.objectContaining({ body: { n: 2n }, attempts: 1, dueMs: 5000, lastError: 'peer away' }),
    ]);
    expect(
      await journal.dueDeadlines({ height: height(812_345), timeMs: unixMs(1_790_000_000_000) }),
    ).toHaveLength(2);
    expect(await journal.document('order', '1')).toEqual({ price: 7n });
    expect(await journal.commit(step(a, 2, { eventId: 'e1' }))).toEqual({ result: 'duplicate' });
    const hashes = [{ hash: 'h1', purpose: 'escrow' }];
    expect(await journal.commit(step(b, 1, { terminal: true, hashes }))).toMatchObject({
      result: 'hashInUse',
    });
    const claims = { take: ['order'], release: [] };
    expect(await journal.commit(step(b, 1, { terminal: true, claims }))).toMatchObject({ result: 'claimed' });
    expect(await Promise.all(['terms/2', 'terms/1'].map((hash) => journal.hashHolder(hash)))).toEqual([a, b]);
    await journal.close();
  });

  it.each(released)('%s itself makes what it made then', async (version, file) => {
    const then = sqlitePlace();
    await then.raw(readFileSync(file, 'utf8'));
    const db = new Kysely<Schema>({ dialect: sqliteDialect(openSqlite(place.path)) });
    const upTo = Object.entries(known).filter(([name]) => name <= version);
    await migrate(db, Object.fromEntries(upTo));
    await db.destroy();
    expect(tables(place.path)).toEqual(tables(then.path));
    then.remove();
  });

  it('a failed one leaves the database as it was, and says so', async () => {
    await (await openJournal({ url: place.url, key: KEY })).close();
    const before = tables(place.path);
    const { db } = await connect(place.url, (error) => {
      throw error;
    });
    const broken = {
      ...known,
      '9999': {
        async up(next: Kysely<unknown>) {
          await next.schema.createTable('half').addColumn('a', 'text').execute();
          await next.schema.createTable('trade').addColumn('a', 'text').execute();
        },
      },
    };
    await expect(migrate(db, broken)).rejects.toMatchObject({ code: 'JOURNAL_MIGRATION_FAILED' });
    expect(await applied(db)).toEqual(Object.keys(known));
    await db.destroy();
    expect(tables(place.path)).toEqual(before);
  });
});
