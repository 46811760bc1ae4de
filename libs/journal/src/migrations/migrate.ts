/** Brings a database forward to the schema of this program; there is no way back (architecture.md "Storage"). */
import { sql } from 'kysely';
import { DEFAULT_MIGRATION_TABLE, type Migration, Migrator } from 'kysely/migration';
import { TercetError } from '@tercet/protocol';
import type { StoreKind } from '../store/kind.js';
import type { Database } from '../schema.js';
import { firstSchema } from './0001.js';
import { hashesOfStates, type States } from './0002.js';

/** All migrations, by name, in order. A released one is never edited; a new one gets the next number. */
export const migrations = (kind: StoreKind, states: States): Record<string, Migration> => ({
  '0001': firstSchema(kind),
  '0002': hashesOfStates(states),
});

/** Names of the migrations that the database has had; none for a fresh one. */
export const applied = async (db: Database): Promise<string[]> => {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === DEFAULT_MIGRATION_TABLE)) return [];
  const { rows } = await sql<{
    name: string;
  }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`.execute(db);
  return rows.map((row) => row.name);
};

/** @throws JOURNAL_TOO_NEW when a newer program has had the database in hand. */
export const refuseNewer = (had: string[], known: Record<string, Migration>): void => {
  const unknown = had.filter((name) => !Object.hasOwn(known, name));
  if (unknown.length === 0) return;
  throw new TercetError(
    'JOURNAL_TOO_NEW',
    `The journal was written by a newer version (it has ${unknown.join(', ')}, unknown here). It wasn't touched, and no trade moves until it is opened.`,
    { wayOut: 'Start the newer version again, or restore a backup made before the upgrade.' },
  );
};

/** Runs what is missing; several processes may do so at once on one PostgreSQL. @throws JOURNAL_MIGRATION_FAILED */
export const migrate = async (db: Database, known: Record<string, Migration>): Promise<void> => {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(known) } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  throw new TercetError(
    'JOURNAL_MIGRATION_FAILED',
    "The journal couldn't be brought to this version's schema. The change was rolled back, and no trade moves until it succeeds.",
    { wayOut: 'Check free disk space and the permissions of the database, then start again.', cause: error },
  );
};
