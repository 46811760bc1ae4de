import { join } from 'node:path';
import type { Seed } from '@tercet/journal';
import { loadSeed } from '@tercet/journal';

/** Where a daemon's seed lies in its data folder. */
export const seedPath = (dataDir: string): string => join(dataDir, 'seed');

/** Reads the seed. Throws SEED_MISSING (the way out: `tercet init`), SEED_INVALID, SEED_EXPOSED. */
export const openSeed = (config: { dataDir: string }): Seed => loadSeed(seedPath(config.dataDir));
