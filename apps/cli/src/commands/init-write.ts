import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasCode, TercetError } from '@tercet/protocol';
import { daemonEnvironment } from '../daemon/place.js';
import type { Role } from '../daemon/role.js';
import { usage } from '../errors.js';
import type { Io } from '../io.js';
import { intoNew } from '../write-new.js';
import type { Settings } from './init-settings.js';

/** Only what the file holds is judged, not what this shell happens to set. */
const withoutSettings = (io: Io): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(daemonEnvironment(io)).filter(([name]) => !name.startsWith('TERCET_')));

/**
 * A configuration as the text of its file, proven by the daemon's own reader before anything is written where it belongs.
 * Throws CONFIG_INVALID.
 */
export const provenConfig = async (io: Io, role: Role, settings: Settings): Promise<string> => {
  const { loadConfig } = await import('@tercet/daemon');
  const text = `${JSON.stringify(settings, null, 2)}\n`;
  const folder = mkdtempSync(join(tmpdir(), 'tercet-init-'));
  const draft = join(folder, 'config.json');
  try {
    await intoNew(draft, () => Promise.resolve(text));
    loadConfig(role, ['--config', draft], withoutSettings(io));
    return text;
  } catch (error) {
    if (!hasCode(error, 'CONFIG_INVALID')) throw error;
    const message = error.message.replaceAll(` (${draft})`, '').replace('was started', 'was written');
    throw new TercetError(error.code, message, {
      wayOut: 'Give other values; "tercet init --help" lists them.',
      cause: error,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The text of a file that was named by a person. Throws USAGE. */
export const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw usage(
      `${path} can't be read: ${error instanceof Error ? error.message : String(error)}. Nothing was written.`,
      'Name a file that you can read.',
    );
  }
};
