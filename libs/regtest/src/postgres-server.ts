/**
 * A PostgreSQL cluster of one's own in a temporary folder, durable as a real one (fsync on). For tests, demo and
 * benchmarks. As root it runs under the user `postgres`, or `nobody`: initdb refuses root.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './ports.js';

const run = promisify(execFile);

export interface PrivatePostgres {
  /** `postgres://` URL of a database on a free loopback port. */
  url: string;
  /** A fresh, empty database in the same cluster. @returns its URL. */
  createDatabase(name: string): Promise<string>;
  /** Stops the server and removes its files. */
  stop(): Promise<void>;
}

const missing = (what: string): Error =>
  new Error(
    `${what} was not found. No database was started. Install it: apt-get install -y --no-install-recommends postgresql.`,
  );

/** The folder with initdb and postgres: PATH first, then Debian's, the newest version first. */
const binaries = (): string => {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...versions.map((version) => join(debian, version, 'bin')),
  ];
  const folder = folders.find(
    (each) => existsSync(join(each, 'initdb')) && existsSync(join(each, 'postgres')),
  );
  if (folder === undefined) throw missing('PostgreSQL (initdb, postgres)');
  return folder;
};

interface Account {
  uid: number;
  gid: number;
}

const id = async (flag: '-u' | '-g', user: string): Promise<number> =>
  Number((await run('id', [flag, user])).stdout);

/** Whom the server runs as; undefined = as ourselves. */
const account = async (): Promise<Account | undefined> => {
  if (process.getuid?.() !== 0) return undefined;
  for (const user of ['postgres', 'nobody']) {
    const found = await Promise.all([id('-u', user), id('-g', user)]).catch(() => undefined);
    if (found !== undefined) return { uid: found[0], gid: found[1] };
  }
  throw missing('A user without privileges (postgres, nobody)');
};

/** Resolves when the server says that it takes connections, and fails with its log when it ends first. */
const ready = (server: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let log = '';
    let isReady = false;
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (isReady) return;
      log += text;
      isReady = log.includes('database system is ready to accept connections');
      if (isReady) resolve();
    });
    server.once('error', reject);
    server.once('exit', (code) => {
      reject(new Error(`PostgreSQL ended with ${String(code)} before it was ready:\n${log}`));
    });
  });

/** Throws where PostgreSQL isn't installed, or doesn't start. */
export const startPrivatePostgres = async (): Promise<PrivatePostgres> => {
  const bin = binaries();
  const as = await account();
  const folder = mkdtempSync(join(tmpdir(), 'tercet-pg-'));
  if (as !== undefined) chownSync(folder, as.uid, as.gid);
  const data = join(folder, 'data');
  const how = { ...as, cwd: folder, env: { PATH: process.env['PATH'], LC_ALL: 'C' } };
  let server: ChildProcess | undefined;
  // Also when this process ends without asking for it: nothing would stop the server then.
  const quit = (): void => {
    server?.kill('SIGQUIT');
  };
  const stop = async (): Promise<void> => {
    process.off('exit', quit);
    if (server?.pid !== undefined && server.exitCode === null && server.signalCode === null) {
      const ended = once(server, 'exit');
      // At once, without the checkpoint that would make the next start quick: its files are removed.
      quit();
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await run(
      join(bin, 'initdb'),
      ['-D', data, '-U', 'tercet', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
      how,
    );
    const port = await freePort();
    const settings = [
      'fsync=on',
      'synchronous_commit=on',
      'listen_addresses=127.0.0.1',
      `port=${String(port)}`,
      `unix_socket_directories=${folder}`,
    ];
    server = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((each) => ['-c', each])], {
      ...how,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    process.once('exit', quit);
    await ready(server);
    const urlOf = (database: string): string => `postgres://tercet@127.0.0.1:${String(port)}/${database}`;
    return {
      url: urlOf('postgres'),
      async createDatabase(name) {
        const client = new pg.Client(urlOf('postgres'));
        await client.connect();
        try {
          await client.query(`create database ${pg.escapeIdentifier(name)}`);
        } finally {
          await client.end();
        }
        return urlOf(name);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
