/** From a database URL to a kysely over it. */
import { type Dialect, Kysely, sql } from 'kysely';
import { TercetError } from '@tercet/protocol';
import type { Database, Schema } from '../schema.js';
import type { StoreKind } from './kind.js';
import { postgresDialect, refuseForgetful } from './postgres.js';
import { sqliteDialect } from './sqlite.js';

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

const dialectOf = (kind: StoreKind, url: string, onIdleError: (error: Error) => void): Dialect =>
  kind === 'sqlite' ? sqliteDialect(url.slice(SQLITE.length)) : postgresDialect(url, onIdleError);

/**
 * @param onIdleError see postgresDialect.
 * @throws JOURNAL_BAD_URL, JOURNAL_UNREACHABLE, JOURNAL_NOT_DURABLE
 */
export const connect = async (
  url: string,
  onIdleError: (error: Error) => void,
): Promise<{ db: Database; kind: StoreKind }> => {
  const kind = kindOf(url);
  let db: Database | undefined;
  try {
    db = new Kysely<Schema>({ dialect: dialectOf(kind, url, onIdleError) });
    await sql`select 1`.execute(db);
    if (kind === 'postgres') await refuseForgetful(db);
    return { db, kind };
  } catch (cause) {
    await db?.destroy();
    throw cause instanceof TercetError ? cause : unreachable(kind, cause);
  }
};
