import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** Longest path of a unix socket that every system takes: 107 bytes on Linux, 103 on macOS. */
const LONGEST_SOCKET_PATH = 103;

/** What a daemon notes beside its private server, so that the next one knows what it finds. */
export interface Owned {
  redisPid: number;
  /** The daemon that started it. */
  ownerPid: number;
  socketPath: string;
}

/** `dataDir/redis`, readable by nobody else: whoever reaches the socket can make jobs run. */
export const openFolder = async (dataDir: string): Promise<string> => {
  // Absolute: the server changes its working folder before it opens the socket.
  const folder = join(resolve(dataDir), 'redis');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  return folder;
};

/** A path for the socket that fits; in a fresh folder of our own under the system's temporary one where the data folder is too deep. */
export const chooseSocketPath = async (folder: string): Promise<string> => {
  const inside = join(folder, 'redis.sock');
  if (Buffer.byteLength(inside) <= LONGEST_SOCKET_PATH) return inside;
  return join(await mkdtemp(join(tmpdir(), 'tercet-redis-')), 'redis.sock');
};

/** Removes the socket, and the temporary folder that was made for it. */
export const removeSocket = async (folder: string, socketPath: string): Promise<void> => {
  await rm(socketPath, { force: true });
  const parent = dirname(socketPath);
  if (parent !== folder) await rm(parent, { recursive: true, force: true });
};

const noteFile = (folder: string): string => join(folder, 'owned.json');

export const writeNote = (folder: string, owned: Owned): Promise<void> =>
  writeFile(noteFile(folder), JSON.stringify(owned), { mode: 0o600 });

export const removeNote = (folder: string): Promise<void> => rm(noteFile(folder), { force: true });

/** Undefined where there is none, or half of one: a note is a hint, the process itself is asked who it is. */
export const readNote = async (folder: string): Promise<Owned | undefined> => {
  const text = await readFile(noteFile(folder), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
  try {
    const { redisPid, ownerPid, socketPath } = JSON.parse(text) as Record<string, unknown>;
    if (typeof redisPid !== 'number' || typeof ownerPid !== 'number' || typeof socketPath !== 'string')
      return undefined;
    return { redisPid, ownerPid, socketPath };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};
