/** Opening the journal of a daemon. */
import { hasCode, TercetError } from '@tercet/protocol';
import { writeCommit } from './commit.js';
import { Groups } from './group.js';
import { createJournal } from './journal.js';
import { applied, migrate, migrations, refuseNewer } from './migrations/migrate.js';
import type { Commit, Journal, Json } from './port.js';
import type { Store } from './rows.js';
import type { Database } from './schema.js';
import { compileStatements } from './statements/index.js';
import { connect } from './store/connect.js';
import type { Work } from './store/work.js';
import { createVault, type Place, type Vault } from './vault.js';

export interface JournalOptions {
  /** `sqlite:/path/file.db` or `postgres://user:password@host:port/database`. */
  url: string;
  /** 32 bytes: `deriveKey(seed, 'journal')`. */
  key: Uint8Array;
  /**
   * Told of a damaged row that a list (trades, effects, documents) left out, so that it fails its own trade only (S25),
   * and of an idle PostgreSQL connection that broke. Without it such a list throws.
   */
  onTrouble?: (error: TercetError) => void;
  /** Hashes that a state has taken beside its payments: for trades that were written before such were kept. None unless told. */
  hashesOf?: (state: Json) => Commit['hashes'];
}

const CHECK_VALUE = 'tercet journal';
const CHECK_PLACE: Place = ['meta', 'body', 'key_check'];

const wrongKey = (cause: unknown): TercetError =>
  new TercetError(
    'JOURNAL_WRONG_KEY',
    'The journal belongs to another seed: this key opens none of it. It was not changed, and no trade moves until the right seed is there.',
    {
      wayOut:
        'Put back the seed file that belongs to this database, or name the database that belongs to this seed.',
      cause,
    },
  );

/** The first key that comes is the journal's; every other one is refused. @throws JOURNAL_WRONG_KEY */
const checkKey = async (db: Database, vault: Vault): Promise<void> => {
  const name = 'key_check';
  await db
    .insertInto('meta')
    .values({ name, body: vault.seal(CHECK_PLACE, CHECK_VALUE) })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const { body } = await db
    .selectFrom('meta')
    .select('body')
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  try {
    vault.open(CHECK_PLACE, body);
  } catch (error) {
    throw hasCode(error, 'JOURNAL_DAMAGED') ? wrongKey(error) : error;
  }
};

const connectionBroke = (cause: Error): TercetError =>
  new TercetError(
    'JOURNAL_CONNECTION_LOST',
    'A connection to PostgreSQL broke. Nothing was lost: what was under way on it is read again, on a new one.',
    { wayOut: 'Nothing to do, unless it repeats: then look at the PostgreSQL server.', cause },
  );

/**
 * Opens the journal, makes it when absent, and brings it to this version's schema.
 * @throws JOURNAL_BAD_KEY, JOURNAL_BAD_URL, JOURNAL_UNREACHABLE, JOURNAL_NOT_DURABLE, JOURNAL_TOO_NEW, JOURNAL_WRONG_KEY,
 * JOURNAL_MIGRATION_FAILED
 */
export const openJournal = async (options: JournalOptions): Promise<Journal> => {
  const { url, key, onTrouble, hashesOf = () => [] } = options;
  const vault = createVault(key);
  const { db, kind, runner } = await connect(url, (error) => onTrouble?.(connectionBroke(error)));
  try {
    const known = migrations(kind, { vault, hashesOf });
    const had = await applied(db);
    refuseNewer(had, known);
    // Before migrating: somebody else's journal is left as it is.
    if (had.length > 0) await checkKey(db, vault);
    await migrate(db, known);
    await checkKey(db, vault);
    const store: Store = { db, runner, statements: compileStatements(db), vault, onTrouble };
    const groups = new Groups(store);
    const write = (commit: Commit) =>
      kind === 'sqlite' ? groups.commit(commit) : writeCommit(store, commit);
    const alone = (work: () => Work<unknown>): Promise<unknown> =>
      kind === 'sqlite' ? groups.write(work) : runner.alone(work);
    return createJournal(store, groups, write, alone);
  } catch (error) {
    await db.destroy();
    throw error;
  }
};
