import { join } from 'node:path';
import { deriveKey, openJournal, type Journal, type Seed } from '@tercet/journal';
import { storedState } from '../executor/stored.js';
import { termsTaken } from '../executor/taken-names.js';
import type { Logger } from '../observe/index.js';

/** Opens the journal: PostgreSQL where `databaseUrl` is set, else SQLite in the data folder. Sealed with a key from the seed (S35). */
export const openStore = (
  config: { dataDir: string; databaseUrl?: string },
  seed: Seed,
  logger: Logger,
): Promise<Journal> =>
  openJournal({
    url: config.databaseUrl ?? `sqlite:${join(config.dataDir, 'journal.db')}`,
    key: deriveKey(seed, 'journal'),
    hashesOf: (state) => termsTaken(storedState(state).data),
    // One damaged row fails its own trade only (S25).
    onTrouble: (error) => {
      logger.error({ error }, 'the journal has trouble');
    },
  });
