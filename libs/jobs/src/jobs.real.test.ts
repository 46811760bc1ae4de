import type { ChildProcess } from 'node:child_process';
import { endServer, freePort, noteOf, startServer, withRedis } from './testing/server.js';
import { openBench, type Bench } from './testing/bench.js';

let bench: Bench;
const opened: Bench[] = [];
let server: ChildProcess | undefined;
beforeEach(async () => {
  bench = await openBench();
  opened.push(bench);
});
afterEach(async () => {
  await opened.pop()?.end();
  await endServer(server, 'SIGKILL');
  server = undefined;
});

describe('work falls due', () => {
  test('a deadline and an effect fire at their time, not before', async () => {
    const late: number[] = [];
    const jobs = await bench.start({ onFired: (_queue, ms) => late.push(ms) });
    const at = Date.now() + 300;
    await jobs.deadlineAt('t1', 'lease', at);
    await jobs.effectAt('t1:4:0', at);
    await bench.seen('deadline t1 lease');
    expect(Date.now()).toBeGreaterThanOrEqual(at);
    await bench.seen('effect t1:4:0');
    expect(late).toHaveLength(2);
    for (const ms of late) expect(ms).toBeLessThan(1_500);
  });

  test('S21 enqueued twice, it fires once', async () => {
    const jobs = await bench.start();
    const at = Date.now() + 200;
    for (let n = 0; n < 3; n++) await jobs.deadlineAt('t1', 'lease', at);
    await jobs.deadlineAt('t2', 'end', at + 200);
    await bench.seen('deadline t2 end');
    expect(bench.lines.filter((line) => line === 'deadline t1 lease')).toHaveLength(1);
  });

  test('an effect that postpones itself from inside its own job gets its next try', async () => {
    let tries = 0;
    const jobs = await bench.start({
      handlers: {
        deadline: () => Promise.resolve(),
        heights: () => Promise.resolve(),
        reconcile: () => Promise.resolve(),
        effect: async (key) => {
          bench.logger.info({}, `try ${++tries}`);
          if (tries < 3) await jobs.effectAt(key, Date.now() + 50);
        },
      },
    });
    await jobs.effectAt('k', Date.now());
    await bench.seen('info try 3');
  });

  test('a handler that fails is tried again, and its neighbour is not held up', async () => {
    let tries = 0;
    const jobs = await bench.start({
      handlers: {
        heights: () => Promise.resolve(),
        reconcile: () => Promise.resolve(),
        effect: () => Promise.resolve(),
        deadline: (tradeId) => {
          if (tradeId === 'bad' && ++tries < 2) throw new Error('database busy');
          bench.logger.info({}, `done ${tradeId}`);
          return Promise.resolve();
        },
      },
    });
    await jobs.deadlineAt('bad', 'x', Date.now());
    await jobs.deadlineAt('good', 'x', Date.now());
    await bench.seen('info done good');
    await bench.seen('info done bad');
  });

  test('a cleared deadline fires no more', async () => {
    const jobs = await bench.start();
    await jobs.deadlineAt('t1', 'lease', Date.now() + 300);
    await jobs.clearDeadline('t1', 'lease');
    await jobs.deadlineAt('t2', 'end', Date.now() + 500);
    await bench.seen('deadline t2 end');
    expect(bench.lines).not.toContain('deadline t1 lease');
  });

  test('reconcile comes by itself, with the heights', async () => {
    await bench.start({ reconcileEveryMs: 200 });
    await bench.seen('reconcile', 2);
    await bench.seen('heights', 2);
  });

  test('two replicas on one prefix fire a deadline once', async () => {
    const port = await freePort();
    server = await startServer(port);
    const redisUrl = `redis://127.0.0.1:${port}`;
    const one = await bench.start({ redisUrl });
    const two = await bench.start({ redisUrl });
    const at = Date.now() + 300;
    await Promise.all([one.deadlineAt('t1', 'lease', at), two.deadlineAt('t1', 'lease', at)]);
    await one.deadlineAt('t2', 'end', at + 300);
    await bench.seen('deadline t2 end');
    expect(bench.lines.filter((line) => line === 'deadline t1 lease')).toHaveLength(1);
  });
});

describe('S23 Redis may be emptied at any time', () => {
  test('start fills the queues from the journal, overdue work included', async () => {
    bench.effects.set('k1', Date.now() - 60_000);
    bench.deadlines.set('t1 lease', { tradeId: 't1', name: 'lease', timeMs: Date.now() + 200 });
    await bench.start();
    await bench.seen('effect k1');
    await bench.seen('deadline t1 lease');
  });

  test('FLUSHALL under a running daemon: noticed, rebuilt, everything fires', async () => {
    const jobs = await bench.start();
    const timeMs = Date.now() + 1_500;
    bench.deadlines.set('t1 lease', { tradeId: 't1', name: 'lease', timeMs });
    await jobs.deadlineAt('t1', 'lease', timeMs);
    const { socketPath } = await noteOf(bench.dataDir);
    await withRedis(socketPath, (redis) => redis.flushall());
    await bench.seen('warn Redis was emptied; the queues are rebuilt from the journal');
    await bench.seen('deadline t1 lease');
  });

  test('the private server is killed: it comes back, and is filled again', async () => {
    const jobs = await bench.start();
    const { redisPid } = await noteOf(bench.dataDir);
    bench.deadlines.set('t1 lease', { tradeId: 't1', name: 'lease', timeMs: Date.now() + 1_500 });
    process.kill(redisPid, 'SIGKILL');
    await bench.seen('info Redis is back; the queues are rebuilt from the journal');
    expect(jobs.ready).toBe(true);
    expect((await noteOf(bench.dataDir)).redisPid).not.toBe(redisPid);
    await bench.seen('deadline t1 lease');
  });

  test('Redis away: nothing throws or hangs, due work is swept from the journal; told once', async () => {
    const port = await freePort();
    server = await startServer(port);
    const jobs = await bench.start({ redisUrl: `redis://127.0.0.1:${port}`, reconcileEveryMs: 300 });
    await endServer(server, 'SIGKILL');
    bench.effects.set('k1', Date.now());
    bench.deadlines.set('t1 lease', { tradeId: 't1', name: 'lease', timeMs: Date.now() + 200 });
    const before = Date.now();
    await jobs.effectAt('k1', Date.now());
    await jobs.deadlineAt('t1', 'lease', Date.now() + 200);
    await jobs.clearDeadline('t9', 'none');
    await jobs.rebuild();
    expect(Date.now() - before).toBeLessThan(3_000);
    await bench.seen('effect k1');
    await bench.seen('deadline t1 lease');
    await bench.seen('reconcile', 2);
    expect(jobs.ready).toBe(false);
    expect(bench.lines.filter((line) => /warn Redis does not answer/.test(line))).toHaveLength(1);

    server = await startServer(port);
    await bench.seen('info Redis is back; the queues are rebuilt from the journal');
    await jobs.effectAt('k2', Date.now());
    await bench.seen('effect k2');
  });

  test('a Redis that hangs bounds every call', async () => {
    const port = await freePort();
    server = await startServer(port);
    const jobs = await bench.start({ redisUrl: `redis://127.0.0.1:${port}` });
    server.kill('SIGSTOP');
    const before = Date.now();
    await jobs.effectAt('k1', Date.now());
    expect(Date.now() - before).toBeLessThan(6_000);
    bench.effects.set('k1', Date.now());
    await bench.seen('effect k1');
    server.kill('SIGCONT');
    await bench.seen('info Redis is back; the queues are rebuilt from the journal');
  });
});
