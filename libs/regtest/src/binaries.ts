import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const locator = join(import.meta.dirname, '../../../tools/bootstrap/where.mjs');

/**
 * The pinned lnd and btcd from the cache that bootstrap fills; bootstrap's own rule says where that is.
 * Throws an Error naming `npm run bootstrap` when they aren't there.
 */
export function regtestBinaries(): { lnd: string; btcd: string } {
  try {
    return JSON.parse(execFileSync(process.execPath, [locator], { encoding: 'utf8', stdio: 'pipe' })) as {
      lnd: string;
      btcd: string;
    };
  } catch (error) {
    throw new Error('The pinned lnd and btcd are missing: run `npm run bootstrap` once', { cause: error });
  }
}
