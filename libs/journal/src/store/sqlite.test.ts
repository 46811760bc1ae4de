import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CompiledQuery, Kysely } from 'kysely';
import { height, type TercetError, type TradeId, unixMs } from '@tercet/protocol';
import { openJournal } from '../open.js';
import type { Journal } from '../port.js';
import type { Store } from '../rows.js';
import type { Schema } from '../schema.js';
import { compileStatements } from '../statements/index.js';
import { dueDeadlines } from '../tables/deadlines.js';
import { pendingEffects } from '../tables/effects.js';
import { heads, newestTrades } from '../tables/trades.js';
import { allTrades } from '../testing/all-trades.js';
import { KEY, step, tradeId } from '../testing/samples.js';
import { type SqlitePlace, sqlitePlace } from '../testing/sqlite-place.js';
import { createVault } from '../vault.js';
import { sqliteRunner } from './sqlite-runner.js';
import type { Statement } from './statement.js';
import { openSqlite, type PreparedSqlite, sqliteDialect } from './sqlite.js';

let place: SqlitePlace;

beforeEach(() => {
  place = sqlitePlace();
});

afterEach(() => {
  place.remove();
});

const openIn = async (journal: Journal): Promise<TradeId[]> => {
  const open: TradeId[] = [];
  for await (const { tradeId } of journal.openTrades()) open.push(tradeId);
  return open;
};

describe('S35 the SQLite file', () => {
  it('is for its owner only, with its WAL and shared memory', async () => {
    writeFileSync(place.path, '');
    chmodSync(place.path, 0o644);
    const journal = await openJournal({ url: place.url, key: KEY });
    await journal.commit(step(tradeId('a'), 0));
    const files = readdirSync(place.folder).sort();
    expect(files).toEqual(['journal.db', 'journal.db-shm', 'journal.db-wal']);
    for (const file of files) expect(statSync(join(place.folder, file)).mode & 0o777).toBe(0o600);
    await journal.close();
  });

  it.each([
    ['text', 'this is no database, but a letter to somebody', 'JOURNAL_UNREACHABLE'],
    ['nothing', '', undefined],
  ])('that holds %s', async (_, content, expected) => {
    writeFileSync(place.path, content.repeat(100));
    const opened = openJournal({ url: place.url, key: KEY });
    if (expected === undefined) await (await opened).close();
    else await expect(opened).rejects.toMatchObject({ code: expected });
  });

  it.each(['mysql://x', 'sqlite:', '/tmp/file.db', ''])('is not meant by "%s"', async (url) => {
    await expect(openJournal({ url, key: KEY })).rejects.toMatchObject({ code: 'JOURNAL_BAD_URL' });
  });
});

describe('S25 bad data fails its own trade only', () => {
  it('lists what can be read, and tells of the rest', async () => {
    const troubles: TercetError[] = [];
    const journal = await openJournal({
      url: place.url,
      key: KEY,
      onTrouble: (error) => troubles.push(error),
    });
    const [a, b, c] = [tradeId('a'), tradeId('b'), tradeId('c')];
    for (const trade of [a, b, c]) {
      await journal.commit(step(trade, 0, { effects: [{ kind: 'send', body: trade }] }));
      await journal.putDocument('order', trade, trade);
    }
    for (const table of ['trade set state', 'effect set body']) {
      await place.raw(`update ${table} = x'01' where trade_id = '${b}'`);
    }
    await place.raw(`update document set body = x'01' where id = '${b}'`);
    expect((await allTrades(journal)).map((row) => row.tradeId)).toEqual([a, c]);
    expect(await openIn(journal)).toEqual([a, c]);
    expect((await journal.pendingEffects()).map(({ body }) => body)).toEqual([a, c]);
    expect(await journal.documents('order')).toHaveLength(2);
    expect(troubles.map(({ code, details }) => [code, details['table']])).toEqual([
      ['JOURNAL_DAMAGED', 'trade'],
      ['JOURNAL_DAMAGED', 'trade'],
      ['JOURNAL_DAMAGED', 'effect'],
      ['JOURNAL_DAMAGED', 'document'],
    ]);
    await expect(journal.load(b)).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' });
    await journal.close();

    const strict = await openJournal({ url: place.url, key: KEY });
    await expect(allTrades(strict)).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' });
    const open = strict.openTrades()[Symbol.asyncIterator]();
    expect(await open.next()).toMatchObject({ value: { tradeId: a } });
    await expect(open.next()).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' });
    await strict.close();
  });
});

describe('what a daemon keeps of the file in its own memory', () => {
  it('is 4 MB at most, however large the file', () => {
    const database = openSqlite(place.path);
    expect(database.prepare('pragma cache_size').all([])).toEqual([{ cache_size: -4_000 }]);
    database.close();
  });
});

/** The tables of the file past the journal, and the queries that kysely was asked for. */
const storeIn = (asked: Asked[] = []): { store: Store; database: PreparedSqlite } => {
  const database = openSqlite(place.path);
  const db = new Kysely<Schema>({
    dialect: sqliteDialect(database),
    log({ query }) {
      asked.push(query);
    },
  });
  const statements = compileStatements(db);
  return { store: { db, runner: sqliteRunner(database), statements, vault: createVault(KEY) }, database };
};
type Asked = Pick<CompiledQuery, 'sql' | 'parameters'>;

describe('what a daemon asks for again and again', () => {
  it('is found by index, whatever has piled up', async () => {
    await (await openJournal({ url: place.url, key: KEY })).close();
    const asked: Asked[] = [];
    const { store, database } = storeIn(asked);
    await dueDeadlines(store, { height: height(1), timeMs: unixMs(1) });
    await pendingEffects(store, { dueBeforeMs: unixMs(1) });
    await pendingEffects(store, {});
    const ask = <Values>(query: Statement<Values>, values: Values): void => {
      asked.push({ sql: query.text, parameters: query.parameters(values) });
    };
    const { effects, trades, names } = store.statements;
    ask(effects.pendingOf, { tradeId: tradeId('a'), due: unixMs(1), attempts: 0 });
    ask(trades.openAfter, { position: 1 });
    ask(trades.newestOpenBefore, { position: 1 });
    ask(trades.newestBefore, { position: 1 });
    ask(trades.headsAfter, { position: 1 });
    ask(trades.positionOf, { tradeId: tradeId('a') });
    ask(trades.idsBeginning, { digits: 'a', length: 1, most: 2 });
    ask(names.hash, { hash: 'terms/1' });
    ask(names.claimHolder, { claim: 'order' });
    const plans = asked.map(({ sql, parameters }) =>
      database
        .prepare(`explain query plan ${sql}`)
        .all(parameters)
        .map((row) => (row as { detail: string }).detail)
        .join('; '),
    );
    await store.db.destroy();
    expect(plans).toEqual([
      expect.stringMatching(/^SEARCH deadline USING INDEX deadline_height /),
      expect.stringMatching(/^SEARCH deadline USING INDEX deadline_time /),
      expect.stringMatching(/^SEARCH effect USING INDEX effect_due /),
      expect.stringMatching(/^SEARCH effect USING INDEX effect_due /),
      expect.stringMatching(/^SEARCH effect USING INDEX effect_of_trade /),
      expect.stringMatching(/^SEARCH trade USING INDEX trade_live \(position>\?\)$/),
      expect.stringMatching(/^SEARCH trade USING INDEX trade_live \(position<\?\)$/),
      expect.stringMatching(/^SEARCH trade USING INTEGER PRIMARY KEY \(rowid<\?\)$/),
      expect.stringMatching(/^SEARCH trade USING INTEGER PRIMARY KEY \(rowid>\?\)$/),
      expect.stringMatching(/^SEARCH trade USING COVERING INDEX \S+ \(trade_id=\?\)$/),
      // Every id is read, and nothing but ids.
      expect.stringMatching(/^SCAN trade USING COVERING INDEX \S+$/),
      expect.stringMatching(/^SEARCH hash USING INDEX \S+ \(hash=\?\)$/),
      expect.stringMatching(/^SEARCH claim USING INDEX \S+ \(claim=\?\); SEARCH trade USING INDEX /),
    ]);
  });
});

describe('a long history', () => {
  const MANY = 350;
  const PAGE = 100;

  /** A store that counts what it reads and what it opens. */
  const counting = (): { store: Store; counts: { opened: number; mostRead: number } } => {
    const { store } = storeIn();
    const counts = { opened: 0, mostRead: 0 };
    const counted: Store = {
      ...store,
      vault: {
        ...store.vault,
        open: (at, sealed) => {
          counts.opened += 1;
          return store.vault.open(at, sealed);
        },
      },
      runner: {
        ...store.runner,
        read: async (query, values) => {
          const rows = await store.runner.read(query, values);
          counts.mostRead = Math.max(counts.mostRead, rows.length);
          return rows;
        },
      },
    };
    return { store: counted, counts };
  };

  it('is read a page at a time, and opened a trade at a time', async () => {
    const journal = await openJournal({ url: place.url, key: KEY });
    const names = Array.from({ length: MANY }, (_, index) => tradeId(String(index)));
    await Promise.all(names.map((name) => journal.commit(step(name, 0, { terminal: true }))));
    await journal.close();
    const { store, counts } = counting();
    let taken = 0;
    for await (const row of newestTrades(store, {})) {
      expect(row.terminal).toBe(true);
      taken += 1;
      // Nothing is opened before it is asked for.
      expect(counts.opened).toBe(taken);
    }
    expect({ taken, ...counts }).toEqual({ taken: MANY, opened: MANY, mostRead: PAGE });
    let known = 0;
    for await (const head of heads(store)) known += head.sequence;
    expect({ known, opened: counts.opened }).toEqual({ known: MANY, opened: MANY });
    await store.db.destroy();
  });
});
