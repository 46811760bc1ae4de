/** What a Redis does that runs and doesn't do its work: full, emptied again and again, on a machine whose clock was set back. */
import { jest } from '@jest/globals';
import type { ChildProcess } from 'node:child_process';
import { endServer, freePort, startServer, withRedis } from '../testing/server.js';
import { openBench, type Bench } from '../testing/bench.js';

let bench: Bench;
let server: ChildProcess | undefined;
let port: number;
beforeEach(async () => {
  bench = await openBench();
  port = await freePort();
  server = await startServer(port);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await bench.end();
  await endServer(server, 'SIGKILL');
});
const settings = () => ({ redisUrl: `redis://127.0.0.1:${port}`, reconcileEveryMs: 500 });
const maxmemory = (bytes: string) => withRedis(port, (redis) => redis.config('SET', 'maxmemory', bytes));
const warnings = () => bench.lines.filter((line) => line.startsWith('warn'));

describe('S23 a Redis that is full: it answers, and takes no write', () => {
  test('what is due runs from the journal, what is asked is not lost, it is told, and heals by itself', async () => {
    const jobs = await bench.start(settings());
    const timeMs = Date.now() + 1_000;
    bench.deadlines.set('t1 lease', { tradeId: 't1', name: 'lease', timeMs });
    await jobs.deadlineAt('t1', 'lease', timeMs);
    await maxmemory('1');
    bench.effects.set('k1', Date.now());
    await jobs.effectAt('k1', Date.now());
    await bench.seen('effect k1');
    await bench.seen('deadline t1 lease');
    await bench.seen('reconcile', 3);
    expect(jobs.ready).toBe(false);
    expect(warnings().filter((line) => /refuses writes/.test(line))).toHaveLength(1);

    await maxmemory('0');
    await bench.seen('info Redis is back; the queues are rebuilt from the journal');
    expect(jobs.ready).toBe(true);
    bench.effects.set('k2', Date.now() + 200);
    await jobs.effectAt('k2', Date.now() + 200);
    await bench.seen('effect k2');
    expect(warnings().length).toBeLessThan(20);
  });

  test('full while nothing is to be written: what lies in it runs all the same', async () => {
    const jobs = await bench.start(settings());
    const timeMs = Date.now() + 1_500;
    bench.deadlines.set('t1 lease', { tradeId: 't1', name: 'lease', timeMs });
    await jobs.deadlineAt('t1', 'lease', timeMs);
    await maxmemory('1');
    await bench.seen('deadline t1 lease');
    expect(jobs.ready).toBe(false);
  });
});

describe('the clock is set by a day', () => {
  const setClock = (byMs: number) => {
    const real = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => real() + byMs);
  };
  const DAY_MS = 24 * 60 * 60 * 1000;

  test('back: reconciles go on, and what is asked from then on comes at its time', async () => {
    const jobs = await bench.start(settings());
    await bench.seen('reconcile');
    setClock(-DAY_MS);
    const before = bench.lines.filter((line) => line === 'reconcile').length;
    await bench.seen('reconcile', before + 4);
    await jobs.effectAt('k1', Date.now() + 200);
    await bench.seen('effect k1');
    expect(jobs.ready).toBe(true);
  });

  test('forward: what was to come within it runs at once', async () => {
    const jobs = await bench.start(settings());
    await jobs.deadlineAt('t1', 'lease', Date.now() + DAY_MS / 2);
    bench.deadlines.set('t1 lease', { tradeId: 't1', name: 'lease', timeMs: Date.now() + DAY_MS / 2 });
    setClock(DAY_MS);
    await bench.seen('deadline t1 lease');
    expect(jobs.ready).toBe(true);
  });
});
