import { writeFileSync } from 'node:fs';
import { TercetError } from '@tercet/protocol';

/** Whether an error is this one of the operating system's. */
export const hasErrno = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

/** Writes a file that only this user can read; never over another one. Throws FILE_EXISTS. */
export const writeNew = (path: string, content: string | Uint8Array): void => {
  try {
    writeFileSync(path, content, { flag: 'wx', mode: 0o600, flush: true });
  } catch (cause) {
    if (!hasErrno(cause, 'EEXIST')) throw cause;
    throw new TercetError('FILE_EXISTS', `There is a file ${path} already. It was left as it is.`, {
      wayOut: 'Name another file.',
      cause,
    });
  }
};
