/** Reading rows so that a damaged one fails its own trade only (S25). */
import { hasCode, type TercetError } from '@tercet/protocol';
import type { Database } from './schema.js';
import type { compileStatements } from './statements/index.js';
import type { Runner } from './store/work.js';
import type { Vault } from './vault.js';

/** What the reading and writing functions share. */
export interface Store {
  db: Database;
  /** What each step needs goes this way, past kysely: built once, not each time. */
  runner: Runner;
  statements: ReturnType<typeof compileStatements>;
  vault: Vault;
  /** Told of each row that a list leaves out because it is damaged; without it the list fails. */
  onTrouble?: (error: TercetError) => void;
}

/** Every row that can be read; for the others see `Store.onTrouble`. @throws JOURNAL_DAMAGED */
export const readable = <Row, Read>(store: Store, rows: Row[], read: (row: Row) => Read): Read[] =>
  rows.flatMap((row) => {
    try {
      return [read(row)];
    } catch (error) {
      if (store.onTrouble === undefined || !hasCode(error, 'JOURNAL_DAMAGED')) throw error;
      store.onTrouble(error);
      return [];
    }
  });
