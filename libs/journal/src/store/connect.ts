/** From a database URL to a kysely over it. */
import { Kysely, sql } from 'kysely';
import { TercetError } from '@tercet/protocol';
import type { Database, Schema } from '../schema.js';
import type { StoreKind } from './kind.js';
import { postgresRunner } from './postgres-runner.js';
import { postgresDialect, refuseForgetful } from './postgres.js';
import { sqliteRunner } from './sqlite-runner.js';
import { openSqlite, sqliteDialect } from './sqlite.js';
import type { Runner } from './work.js';

const SQLITE = 'sqlite:';

const unreachable = (kind: StoreKind, cause: unknown): TercetError =>
  new TercetError(
    'JOURNAL_UNREACHABLE',
    `The ${kind === 'sqlite' ? 'SQLite file' : 'PostgreSQL server'} of the journal can't be opened. No trade moves until it can.`,
    {
      wayOut:
        kind === 'sqlite'
          ? 'Check that the path of the database can be written by this user, and that it is a journal.'
          : 'Check that the server runs, and the address, user and password of the database URL.',
      cause,
    },
  );

const kindOf = (url: string): StoreKind => {
  if (url.startsWith(SQLITE) && url.length > SQLITE.length) return 'sqlite';
  if (/^postgres(ql)?:\/\//.test(url)) return 'postgres';
  // The URL isn't repeated: it may hold a password (S36).
  throw new TercetError(
    'JOURNAL_BAD_URL',
    "The database URL isn't one the journal knows. Nothing was opened.",
    {
      wayOut: 'Use sqlite:/path/to/file.db or postgres://user:password@host:port/database.',
    },
  );
};

interface Connection {
  db: Database;
  kind: StoreKind;
  runner: Runner;
}

const connectTo = (kind: StoreKind, url: string, onBroken: (error: Error) => void): Connection => {
  if (kind === 'postgres') {
    const db = new Kysely<Schema>({ dialect: postgresDialect(url, onBroken) });
    return { db, kind, runner: postgresRunner(db) };
  }
  const database = openSqlite(url.slice(SQLITE.length));
  return {
    db: new Kysely<Schema>({ dialect: sqliteDialect(database) }),
    kind,
    runner: sqliteRunner(database),
  };
};

/**
 * @param onBroken see postgresDialect.
 * @throws JOURNAL_BAD_URL, JOURNAL_UNREACHABLE, JOURNAL_NOT_DURABLE
 */
export const connect = async (url: string, onBroken: (error: Error) => void): Promise<Connection> => {
  const kind = kindOf(url);
  let connection: Connection | undefined;
  try {
    connection = connectTo(kind, url, onBroken);
    await sql`select 1`.execute(connection.db);
    if (kind === 'postgres') await refuseForgetful(connection.db);
    return connection;
  } catch (cause) {
    await connection?.db.destroy();
    throw cause instanceof TercetError ? cause : unreachable(kind, cause);
  }
};
