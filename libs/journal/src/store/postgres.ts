/** PostgreSQL: the store of an operator, shared by the replicas of a daemon. */
import pg from 'pg';
import { type Dialect, PostgresDialect, sql } from 'kysely';
import { TercetError } from '@tercet/protocol';
import type { Database } from '../schema.js';

/** Every call ends: no query, no wait for a lock and no connecting takes longer, in ms. */
const CONNECT_MS = 10_000;
const STATEMENT_MS = 30_000;

/** bigint columns hold positions, heights and ms, all below 2^53: numbers, as SQLite gives them. */
const numbersForInt8 = (): pg.TypeOverrides => {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  return types;
};

/**
 * @param onBroken told when a connection breaks, idle or in the midst of a query, which fails by it too. The pool replaces
 * it, and the next query tells if it can't.
 */
export const postgresDialect = (url: string, onBroken: (error: Error) => void): Dialect => {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'tercet',
    types: numbersForInt8(),
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: STATEMENT_MS + CONNECT_MS,
    idle_in_transaction_session_timeout: STATEMENT_MS,
  });
  // The pool listens to a connection only while it is idle; an error that nobody listens to ends the process.
  pool.on('connect', (client) => client.on('error', onBroken));
  pool.on('error', () => undefined);
  return new PostgresDialect({ pool });
};

/** A server that answers before the step is on disk could forget a payment it was told of (S1, S8). @throws JOURNAL_NOT_DURABLE */
export const refuseForgetful = async (db: Database): Promise<void> => {
  const { rows } = await sql<{ name: string }>`
    select name from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes') and setting = 'off'
  `.execute(db);
  if (rows.length === 0) return;
  const off = rows.map((row) => row.name).join(', ');
  throw new TercetError(
    'JOURNAL_NOT_DURABLE',
    `PostgreSQL runs with ${off} = off: after a crash it could have forgotten a payment, and it would be sent twice. The journal wasn't opened.`,
    { wayOut: `Set ${off} = on in postgresql.conf and reload the server.` },
  );
};
