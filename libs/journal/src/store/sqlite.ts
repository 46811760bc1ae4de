/** SQLite in one file: the store of a daemon at home. */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import SQLite from 'better-sqlite3';
import {
  type Dialect,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  type SqliteStatement,
} from 'kysely';

/**
 * Pages that the WAL gathers before they are copied into the database. A trade's state is written over at each of its
 * steps: from a WAL that holds whole trades it is copied once, not many times.
 */
const WAL_PAGES = 4_000;

/**
 * What SQLite keeps of the file in the daemon's own memory, in KiB. The system keeps the file too, and a commit takes no more
 * CPU with a quarter of the 16 000 that the binding would have.
 */
const CACHE_KIB = 4_000;

/** How long another process may hold the write lock before a call fails, in ms. */
const BUSY_TIMEOUT_MS = 5_000;

/** The file, its WAL and its shared memory are for the owner only: SQLite gives the last two the mode of the first. */
const ownersOnly = (path: string): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
};

export interface PreparedSqlite extends SqliteDatabase {
  /** In one transaction: all of it, or nothing when it throws. Within another one it is a savepoint. */
  whole<T>(work: () => T): T;
}

/**
 * Kysely prepares each query anew, which costs more than running it. The journal's queries are a fixed set of texts
 * (no list of varying length is ever written into one), so each is prepared once.
 */
const preparingOnce = (database: SQLite.Database): PreparedSqlite => {
  const prepared = new Map<string, SqliteStatement>();
  return {
    prepare(text) {
      const known = prepared.get(text);
      if (known !== undefined) return known;
      const statement = database.prepare(text);
      prepared.set(text, statement);
      return statement;
    },
    whole: (work) => database.transaction(work)(),
    close() {
      prepared.clear();
      database.close();
    },
  };
};

/** SQLite undoes DDL as it does all else; kysely doesn't count on it, and would leave half a migration behind a crash. */
class UndoingAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class UndoingDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new UndoingAdapter();
  }
}

/**
 * WAL with `synchronous=FULL`: a commit is on disk when it answers (S8), at one flush each.
 * @param path of the file; made, with its folder, when absent.
 */
export const openSqlite = (path: string): PreparedSqlite => {
  ownersOnly(path);
  const database = new SQLite(path, { timeout: BUSY_TIMEOUT_MS });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma(`wal_autocheckpoint = ${WAL_PAGES}`);
  database.pragma(`cache_size = -${CACHE_KIB}`);
  return preparingOnce(database);
};

/** Closes the database when kysely is destroyed. */
export const sqliteDialect = (database: SqliteDatabase): Dialect => new UndoingDialect({ database });
