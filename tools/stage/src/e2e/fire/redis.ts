/** The private redis-server of a daemon, reached as an accident would. */
import { connect } from 'node:net';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DaemonProcess } from '../../stage/daemon-process.js';

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
export async function flush({ socketPath }: RedisServer): Promise<void> {
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(socketPath, () => socket.write('FLUSHALL\r\n'));
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    });
  });
  if (!answer.startsWith('+OK')) throw new Error(`FLUSHALL: ${answer}`);
}
