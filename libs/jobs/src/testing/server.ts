import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { Redis } from 'ioredis';

/** What a private server's note says. */
export const noteOf = async (dataDir: string): Promise<{ redisPid: number; socketPath: string }> =>
  JSON.parse(await readFile(join(dataDir, 'redis', 'owned.json'), 'utf8')) as {
    redisPid: number;
    socketPath: string;
  };

/** A look into a Redis, closed afterwards. */
export const withRedis = async <T>(path: string | number, look: (redis: Redis) => Promise<T>): Promise<T> => {
  const redis = typeof path === 'number' ? new Redis({ port: path, host: '127.0.0.1' }) : new Redis({ path });
  try {
    return await look(redis);
  } finally {
    redis.disconnect();
  }
};

/** A free port on loopback. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

/** A redis-server on a port of loopback, ready. */
export const startServer = async (port: number, ...settings: string[]): Promise<ChildProcess> => {
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...settings],
    { stdio: 'ignore' },
  );
  await withRedis(port, async (redis) => {
    redis.on('error', () => redis.status);
    await redis.ping();
  });
  return child;
};

/** Ends a server started here and waits until it is gone. */
export const endServer = async (
  child: ChildProcess | undefined,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> => {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
};
