import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TercetError } from '@tercet/protocol';
import type { JobLogger } from '../port.js';
import { chooseSocketPath, openFolder, removeNote, removeSocket, writeNote } from './folder.js';
import { clearLeftover } from './leftover.js';

/** A redis-server of the daemon's own, on a unix socket in its data folder. */
export interface PrivateRedis {
  readonly socketPath: string;
  /** Process number of the server that runs now. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 10_000;
const STOP_GRACE_MS = 3_000;
const LONGEST_PAUSE_MS = 10_000;

/** A file, not arguments: older servers split arguments at spaces. Nothing is saved, since the journal rebuilds it all. */
const configuration = (folder: string, socketPath: string): string =>
  [
    'port 0',
    `unixsocket ${JSON.stringify(socketPath)}`,
    'unixsocketperm 700',
    `dir ${JSON.stringify(folder)}`,
    'save ""',
    'appendonly no',
    'maxmemory-policy noeviction',
    'daemonize no',
    'loglevel notice',
    '',
  ].join('\n');

const couldNotStart = (why: string, cause?: unknown): TercetError =>
  new TercetError(
    'REDIS_FAILED',
    `The private redis-server didn't start (${why}). Nothing was started, no sats are touched.`,
    {
      wayOut: 'Check that dataDir is writable and has space, or set redisUrl to a Redis that runs.',
      cause,
    },
  );

const missing = (cause: unknown): TercetError =>
  new TercetError(
    'REDIS_MISSING',
    'The program redis-server is not installed, so deadlines have no queue. Nothing was started.',
    {
      wayOut: 'Install it (Debian: `apt-get install redis-server`), or set redisUrl to a Redis that runs.',
      cause,
    },
  );

/** Starts the program and answers when it accepts connections. */
const launch = async (configFile: string, program: string): Promise<ChildProcess> => {
  // A session of its own: Ctrl-C at a terminal must reach the daemon, which stops its server last.
  const child = spawn(program, [configFile], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  // A bad configuration is told on stderr, everything else on stdout.
  const outputs = [child.stdout, child.stderr].map((input) => createInterface({ input }));
  let last = 'no output';
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(
        () => reject(couldNotStart(`not ready after ${START_TIMEOUT_MS} ms; ${last}`)),
        START_TIMEOUT_MS,
      );
      child.once('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'ENOENT' ? missing(error) : couldNotStart(error.message, error)),
      );
      child.once('exit', (code) => reject(couldNotStart(`exit code ${String(code)}; ${last}`)));
      for (const output of outputs) {
        output.on('line', (line) => {
          if (line.trim() !== '') last = line.trim();
          if (/ready to accept connections/i.test(line)) resolve();
        });
      }
    });
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
  }
  // From here on its output is only drained: what matters shows in the connection.
  return child;
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
  await gone;
  clearTimeout(force);
};

/**
 * Starts the server, and again whenever it dies, until stopped.
 * Throws REDIS_MISSING, REDIS_FAILED, DATA_FOLDER_IN_USE.
 */
export const startPrivateRedis = async (
  dataDir: string,
  logger: JobLogger,
  program = 'redis-server',
): Promise<PrivateRedis> => {
  const folder = await openFolder(dataDir);
  if (await clearLeftover(folder)) logger.info({}, 'ended the redis-server that a killed daemon had left');
  const socketPath = await chooseSocketPath(folder);
  const configFile = join(folder, 'redis.conf');
  await writeFile(configFile, configuration(folder, socketPath), { mode: 0o600 });

  let child: ChildProcess | undefined;
  let stopping = false;
  let pause: NodeJS.Timeout | undefined;
  let failures = 0;
  let restarting: Promise<void> = Promise.resolve();

  const run = async (): Promise<void> => {
    const started = await launch(configFile, program);
    child = started;
    failures = 0;
    started.once('exit', (code, signal) => {
      if (stopping) return;
      logger.warn({ code, signal }, 'the private redis-server died; starting it again');
      restart();
    });
    await writeNote(folder, { redisPid: started.pid ?? 0, ownerPid: process.pid, socketPath });
  };
  const restart = (): void => {
    const wait = Math.min(100 * 2 ** failures++, LONGEST_PAUSE_MS);
    pause = setTimeout(() => {
      restarting = run().catch((error: unknown) => {
        logger.error({ error }, 'the private redis-server does not start; due work is swept in process');
        if (!stopping) restart();
      });
    }, wait);
  };

  try {
    await run();
  } catch (error) {
    stopping = true;
    if (child) await end(child);
    await removeSocket(folder, socketPath);
    throw error;
  }
  return {
    socketPath,
    get pid() {
      return child?.pid;
    },
    async stop() {
      stopping = true;
      clearTimeout(pause);
      await restarting;
      if (child) await end(child);
      await removeSocket(folder, socketPath);
      await removeNote(folder);
    },
  };
};
