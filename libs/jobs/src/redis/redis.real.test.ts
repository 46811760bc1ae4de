import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endServer, freePort, noteOf, startServer, withRedis } from '../testing/server.js';
import { openBench, type Bench } from '../testing/bench.js';
import { endProcess, isAlive } from './leftover.js';
import { startPrivateRedis, type PrivateRedis } from './private-redis.js';

let bench: Bench;
const opened: Bench[] = [];
let server: ChildProcess | undefined;
let own: PrivateRedis | undefined;
beforeEach(async () => {
  bench = await openBench();
  opened.push(bench);
});
afterEach(async () => {
  await own?.stop();
  await endServer(server, 'SIGKILL');
  await opened.pop()?.end();
  own = server = undefined;
});

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

describe('the private server', () => {
  test('listens on a socket only, for its owner only, and evicts nothing', async () => {
    own = await startPrivateRedis(bench.dataDir, bench.logger);
    expect((await stat(join(bench.dataDir, 'redis'))).mode & 0o777).toBe(0o700);
    expect((await stat(own.socketPath)).mode & 0o777).toBe(0o700);
    const settings = await withRedis(own.socketPath, async (redis) => [
      ...(await redis.config('GET', 'port')),
      ...(await redis.config('GET', 'maxmemory-policy')),
      ...(await redis.config('GET', 'appendonly')),
      ...(await redis.config('GET', 'save')),
    ]);
    expect(settings).toEqual(['port', '0', 'maxmemory-policy', 'noeviction', 'appendonly', 'no', 'save', '']);
  });

  test('stop leaves no process, socket or note', async () => {
    const jobs = await bench.start();
    const { redisPid, socketPath } = await noteOf(bench.dataDir);
    expect(isAlive(redisPid)).toBe(true);
    await jobs.close();
    expect(isAlive(redisPid)).toBe(false);
    expect(await exists(socketPath)).toBe(false);
    expect(await exists(join(bench.dataDir, 'redis', 'owned.json'))).toBe(false);
  });

  test('a data folder too deep for a socket path works, and its temporary folder goes too', async () => {
    const deep = join(bench.dataDir, 'a'.repeat(60), 'b'.repeat(60));
    await mkdir(deep, { recursive: true });
    own = await startPrivateRedis(deep, bench.logger);
    expect(await withRedis(own.socketPath, (redis) => redis.ping())).toBe('PONG');
    const { socketPath } = own;
    await own.stop();
    expect(await exists(join(socketPath, '..'))).toBe(false);
  });

  test('what a killed daemon left is ended, known by its working folder', async () => {
    const folder = join(bench.dataDir, 'redis');
    await mkdir(folder);
    const socketPath = join(folder, 'redis.sock');
    // The shell ends at once, as a killed daemon does; the server stays.
    const shell = spawn(
      'sh',
      ['-c', `redis-server --port 0 --unixsocket ${socketPath} --dir ${folder} & echo $!`],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    let output = '';
    const pidKnown = new Promise<number>((resolve) => {
      shell.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (/^\d+\n/.test(output)) resolve(parseInt(output, 10));
      });
    });
    const ended = once(shell, 'exit');
    const redisPid = await pidKnown;
    await ended;
    try {
      await withRedis(socketPath, async (redis) => {
        redis.on('error', () => redis.status);
        await redis.ping();
      });
      await writeFile(
        join(folder, 'owned.json'),
        JSON.stringify({ redisPid, ownerPid: shell.pid, socketPath }),
      );
      const jobs = await bench.start();
      expect(isAlive(redisPid)).toBe(false);
      expect(jobs.ready).toBe(true);
      expect(bench.lines).toContain('info ended the redis-server that a killed daemon had left');
    } finally {
      await endProcess(redisPid, 1_000);
    }
  });

  test('a process that ended and that nobody has reaped is not alive', async () => {
    // Its parent turns into a program that never asks how its children ended.
    const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = parseInt(line.toString(), 10);
      const askedMs = Date.now();
      await endProcess(pid, 5_000);
      expect(isAlive(pid)).toBe(false);
      expect(Date.now() - askedMs).toBeLessThan(5_000);
    } finally {
      parent.kill('SIGKILL');
    }
  });

  test('a stale note whose number belongs to another program harms nobody', async () => {
    const folder = join(bench.dataDir, 'redis');
    await mkdir(folder);
    const stranger = spawn('sleep', ['60'], { cwd: folder });
    try {
      await writeFile(
        join(folder, 'owned.json'),
        JSON.stringify({ redisPid: stranger.pid, ownerPid: 1, socketPath: join(folder, 'redis.sock') }),
      );
      const jobs = await bench.start();
      expect(jobs.ready).toBe(true);
      expect(isAlive(stranger.pid ?? 0)).toBe(true);
    } finally {
      await endServer(stranger, 'SIGKILL');
    }
  });

  test('half a note is no note', async () => {
    await mkdir(join(bench.dataDir, 'redis'));
    await writeFile(join(bench.dataDir, 'redis', 'owned.json'), '{"redisPid":');
    expect((await bench.start()).ready).toBe(true);
  });

  test('a folder that a running daemon uses is refused', async () => {
    await bench.start();
    await expect(bench.start()).rejects.toMatchObject({ code: 'DATA_FOLDER_IN_USE' });
  });
});

describe('a start that can not work says why, and leaves nothing', () => {
  test('no redis-server', async () => {
    await expect(
      startPrivateRedis(bench.dataDir, bench.logger, 'no-such-redis-server'),
    ).rejects.toMatchObject({
      code: 'REDIS_MISSING',
    });
  });

  test('a redis-server that ends at once', async () => {
    await expect(startPrivateRedis(bench.dataDir, bench.logger, 'false')).rejects.toMatchObject({
      code: 'REDIS_FAILED',
    });
  });

  test('nobody at the URL; the password is not told', async () => {
    const port = await freePort();
    const failure = bench.start({ redisUrl: `redis://:hunter2@127.0.0.1:${port}` });
    await expect(failure).rejects.toMatchObject({ code: 'REDIS_UNREACHABLE' });
    await expect(failure).rejects.not.toThrow(/hunter2/);
  });

  test('a Redis that evicts', async () => {
    const port = await freePort();
    server = await startServer(port, '--maxmemory-policy', 'allkeys-lru');
    await expect(bench.start({ redisUrl: `redis://127.0.0.1:${port}` })).rejects.toMatchObject({
      code: 'REDIS_EVICTS',
      details: { policy: 'allkeys-lru' },
    });
  });

  test('a journal that can not be read: its own error, and no server left', async () => {
    const source = {
      pendingEffects: () => Promise.reject(new Error('disk gone')),
      timeDeadlines: () => Promise.resolve([]),
    };
    await expect(bench.start({ source })).rejects.toThrow('disk gone');
    expect(await exists(join(bench.dataDir, 'redis', 'owned.json'))).toBe(false);
  });
});
