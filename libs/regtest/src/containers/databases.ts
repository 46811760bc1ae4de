import { chmod, chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';

import type { Dock } from './dock.js';
import { IMAGES } from './engine.js';

/** A Redis in the network; returns its URL there, without a database number. */
export async function startRedis(dock: Dock, dir: string): Promise<string> {
  await dock.start({
    name: 'redis',
    image: IMAGES.redis,
    command: ['redis-server', '--save', '', '--maxmemory-policy', 'noeviction', '--protected-mode', 'no'],
    ready: /Ready to accept connections/,
    logPath: join(dir, 'redis.log'),
  });
  return 'redis://redis:6379';
}

export interface ContainerPostgres {
  /** URL of a database there, without the password. */
  url(database: string): string;
  /** A pgpass file that only the daemons' user may read. */
  passFile: string;
}

/** A PostgreSQL in the network with these databases, its password in files. */
export async function startPostgres(
  dock: Dock,
  dir: string,
  databases: readonly string[],
): Promise<ContainerPostgres> {
  const folder = await dock.folder(join(dir, 'postgres'));
  const password = randomBytes(16).toString('hex');
  await writePrivate(dock, join(folder, 'password'), password);
  const passFile = join(folder, 'pgpass');
  await writePrivate(dock, passFile, `postgres:5432:*:tercet:${password}\n`);
  await writePrivate(
    dock,
    join(folder, 'databases.sql'),
    databases.map((name) => `create database ${name};\n`).join('\n'),
  );
  await dock.start({
    name: 'postgres',
    image: IMAGES.postgres,
    environment: { POSTGRES_USER: 'tercet', POSTGRES_PASSWORD_FILE: '/run/secrets/password' },
    mounts: [
      { source: join(folder, 'password'), target: '/run/secrets/password', readOnly: true },
      {
        source: join(folder, 'databases.sql'),
        target: '/docker-entrypoint-initdb.d/databases.sql',
        readOnly: true,
      },
    ],
    ready: /database system is ready to accept connections/,
    logPath: join(dir, 'postgres.log'),
  });
  return { url: (database) => `postgres://tercet@postgres:5432/${database}`, passFile };
}

async function writePrivate(dock: Dock, path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await chmod(path, 0o600);
  const [uid = 0, gid = 0] = dock.user.split(':').map(Number);
  if (process.getuid?.() === 0) await chown(path, uid, gid);
}
