import { linkSync, readFileSync, rmSync } from 'node:fs';
import { TercetError } from '@tercet/protocol';
import { daemonEnvironment } from '../daemon/place.js';
import type { Role } from '../daemon/role.js';
import { usage } from '../errors.js';
import type { Io } from '../io.js';
import { writeNew } from '../write-new.js';
import type { Settings } from './init-settings.js';

/** Only what the file holds is judged, not what this shell happens to set. */
const withoutSettings = (io: Io): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(daemonEnvironment(io)).filter(([name]) => !name.startsWith('TERCET_')));

/** A configuration that the daemon would accept, not in its place yet. */
export interface Draft {
  /** Never over another. */
  place(): void;
  /** Afterwards, however it ended. */
  discard(): void;
}

/**
 * Writes a configuration beside its place and lets the daemon's own reader judge it. Nothing stays behind when it is refused.
 * Throws CONFIG_INVALID.
 */
export const draftConfig = async (io: Io, role: Role, path: string, settings: Settings): Promise<Draft> => {
  const { loadConfig } = await import('@tercet/daemon');
  const draft = `${path}.${process.pid}.draft`;
  writeNew(draft, `${JSON.stringify(settings, null, 2)}\n`);
  try {
    loadConfig(role, ['--config', draft], withoutSettings(io));
  } catch (error) {
    rmSync(draft, { force: true });
    if (!(error instanceof TercetError)) throw error;
    throw new TercetError(
      error.code,
      error.message.replaceAll(` (${draft})`, '').replace('Nothing was started', 'Nothing was written'),
      {
        wayOut: 'Give other values; "tercet init --help" lists them.',
        cause: error,
      },
    );
  }
  return { place: () => linkSync(draft, path), discard: () => rmSync(draft, { force: true }) };
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
