import { chmod, mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { randomBytes } from 'node:crypto';
import { TercetError } from '@tercet/protocol';

const OTHERS = 0o077;

/**
 * Reads a file that only this user may read. Undefined where there is none.
 * Throws FILE_OPEN_TO_OTHERS: what others could read must be taken as read.
 */
export async function readPrivateFile(path: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(path);
    if ((mode & OTHERS) !== 0) {
      throw new TercetError(
        'FILE_OPEN_TO_OTHERS',
        `Other users of this machine can open ${path}. Nothing was started.`,
        {
          wayOut: `Delete it, and a new one is made at the next start; or, if nobody can have read it, run "chmod 600 ${path}".`,
          details: { path },
        },
      );
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Writes a file (mode 0600) that is there wholly or not at all, in a folder (mode 0700) that is made when missing. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const beside = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(beside, 'wx', 0o600);
  try {
    // A umask can't widen the mode, but some file systems do.
    await chmod(beside, 0o600);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}

/** Whether an error of the file system says that there is no such file. */
export const isMissing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
