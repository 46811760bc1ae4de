/** The private redis-server of a daemon, reached as an accident would. */
import { connect } from 'node:net';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DaemonProcess } from './daemon-process.js';

interface RedisServer {
  pid: number;
  socketPath: string;
}

/** From the note that the daemon keeps beside it. */
export async function redisOf(daemon: DaemonProcess): Promise<RedisServer> {
  const note: unknown = JSON.parse(await readFile(join(daemon.spec.dir, 'redis', 'owned.json'), 'utf8'));
  const { redisPid, socketPath } = note as Record<string, unknown>;
  if (typeof redisPid !== 'number' || typeof socketPath !== 'string')
    throw new Error('the note is not whole');
  return { pid: redisPid, socketPath };
}

/** FLUSHALL; returns when the server has done it. */
export async function flush(server: RedisServer): Promise<void> {
  const answer = await ask(server, 'FLUSHALL');
  if (!answer.startsWith('+OK')) throw new Error(`FLUSHALL: ${answer}`);
}

/** How much it may hold, in bytes; 0 is no bound. It refuses writes while it holds more. */
export async function allowMemory(server: RedisServer, bytes: number): Promise<void> {
  const answer = await ask(server, `CONFIG SET maxmemory ${String(bytes)}`);
  if (!answer.startsWith('+OK')) throw new Error(`CONFIG SET maxmemory: ${answer}`);
}

/** Number of keys in its database. */
export async function keyCount(server: RedisServer): Promise<number> {
  const answer = await ask(server, 'DBSIZE');
  const count = /^:(\d+)/.exec(answer)?.[1];
  if (count === undefined) throw new Error(`DBSIZE: ${answer}`);
  return Number(count);
}

/** One question in Redis' own protocol (RESP). */
function ask({ socketPath }: RedisServer, command: string): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    const socket = connect(socketPath, () => socket.write(`${command}\r\n`));
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    });
  });
}
