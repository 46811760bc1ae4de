import { readFileSync } from 'node:fs';
import { readFile, readlink, realpath } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { TercetError } from '@tercet/protocol';
import { readNote, removeNote, removeSocket } from './folder.js';

/** Whether a process of that number runs. One that ended and that nobody has reaped doesn't: in a container nobody may ever do so. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const isZombie = (pid: number): boolean => {
  try {
    return /^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    // Gone meanwhile, or a system without /proc: what the signal said stands.
    return false;
  }
};

/** Ends a process by its number: asked first, forced after `graceMs`. */
export const endProcess = async (pid: number, graceMs: number): Promise<void> => {
  const send = (signal: NodeJS.Signals): void => {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  send('SIGTERM');
  // Not our child, so no event tells its end: it has to be looked for.
  for (let waited = 0; isAlive(pid) && waited < graceMs; waited += 20) await delay(20);
  if (!isAlive(pid)) return;
  send('SIGKILL');
  for (let waited = 0; isAlive(pid) && waited < graceMs; waited += 20) await delay(20);
};

/**
 * Parent of a process if it is a redis-server working in `folder`, else undefined. The number alone proves nothing: it may belong
 * to another program by now. redis-server changes into its `dir`, so its working folder says whose it is.
 */
const parentOfOurs = async (pid: number, folder: string): Promise<number | undefined> => {
  try {
    const [command, where, status] = await Promise.all([
      readFile(`/proc/${pid}/comm`, 'utf8'),
      readlink(`/proc/${pid}/cwd`),
      readFile(`/proc/${pid}/status`, 'utf8'),
    ]);
    if (!command.startsWith('redis') || where !== (await realpath(folder))) return undefined;
    return Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]);
  } catch {
    // Gone, somebody else's, or a system without /proc: not provably ours, so left alone.
    return undefined;
  }
};

/**
 * Clears away what a killed daemon left: its server is ended (it holds no truth, and a fresh one has no half-run jobs), its socket
 * removed. Throws DATA_FOLDER_IN_USE where the daemon that started it still runs.
 */
export const clearLeftover = async (folder: string): Promise<boolean> => {
  const note = await readNote(folder);
  if (!note) return false;
  const parent = await parentOfOurs(note.redisPid, folder);
  if (parent !== undefined && parent === note.ownerPid) {
    throw new TercetError(
      'DATA_FOLDER_IN_USE',
      `A daemon (process ${note.ownerPid}) already runs on this data folder. A second one could act twice on the same sats, so nothing was started.`,
      { wayOut: `Stop process ${note.ownerPid}, or give this daemon another dataDir.` },
    );
  }
  if (parent !== undefined) await endProcess(note.redisPid, 3_000);
  await removeSocket(folder, note.socketPath);
  await removeNote(folder);
  return parent !== undefined;
};
