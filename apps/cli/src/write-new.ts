import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { TercetError } from '@tercet/protocol';
import { usage } from './errors.js';

/** Whether an error is this one of the operating system's. */
export const hasErrno = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

const openNew = (path: string): number => {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (cause) {
    if (!hasErrno(cause, 'EEXIST')) {
      throw usage(
        `${path} can't be written: ${cause instanceof Error ? cause.message : String(cause)}. Nothing was done.`,
        'Name a file in a folder that you can write to.',
      );
    }
    throw new TercetError('FILE_EXISTS', `There is a file ${path} already. It was left as it is.`, {
      wayOut: 'Name another file.',
      cause,
    });
  }
};

/**
 * A file that only this user can read, never over another one, with what the work answers. It is made before the work
 * begins, so that nothing is done for a file that can't be written; work that fails leaves none. Throws FILE_EXISTS, USAGE.
 */
export const intoNew = async (path: string, work: () => Promise<string | Uint8Array>): Promise<void> => {
  const file = openNew(path);
  try {
    writeFileSync(file, await work(), { flush: true });
  } catch (error) {
    rmSync(path);
    throw error;
  } finally {
    closeSync(file);
  }
};
