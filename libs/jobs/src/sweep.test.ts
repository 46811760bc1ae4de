import type { JobHandlers, JobLogger, JobSource } from './port.js';
import { runner as createRunner } from './running.js';
import { sweep } from './sweep.js';
import { jobId, type Work } from './work.js';

const setUp = (effect: (key: string) => Promise<void>) => {
  const seen: string[] = [];
  const warnings: string[] = [];
  const handlers: JobHandlers = {
    deadline: (tradeId, name) => {
      seen.push(`${tradeId} ${name}`);
      return Promise.resolve();
    },
    effect: (key) => {
      seen.push(key);
      return effect(key);
    },
    heights: () => Promise.resolve(),
    reconcile: () => Promise.resolve(),
  };
  const logger: JobLogger = {
    info: () => undefined,
    warn: (_fields, message) => void warnings.push(message),
    error: () => undefined,
  };
  return { seen, warnings, logger, runner: createRunner(handlers) };
};

const source = (now: number): JobSource => ({
  pendingEffects: (beforeMs = Infinity) =>
    Promise.resolve(
      [
        { key: 'stuck', dueMs: now - 3 },
        { key: 'bad', dueMs: now - 2 },
        { key: 'later', dueMs: now + 60_000 },
      ].filter(({ dueMs }) => dueMs <= beforeMs),
    ),
  timeDeadlines: () => Promise.resolve([{ tradeId: 't1', name: 'lease', timeMs: now - 1 }]),
});

test('S25 S28 what is due is started in its order; one that hangs or throws at once holds up nobody', async () => {
  let letGo: () => void = () => undefined;
  const stuck = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const { seen, warnings, logger, runner } = setUp((key) => {
    if (key === 'bad') throw new Error('no');
    return stuck;
  });
  const now = Date.now();
  await sweep(source(now), runner, logger, now);
  expect(seen).toEqual(['stuck', 'bad', 't1 lease']);
  await sweep(source(now), runner, logger, now);
  expect(seen.filter((one) => one === 'stuck')).toHaveLength(1);
  expect(warnings.length).toBeGreaterThan(0);
  letGo();
  await runner.drain(logger);
  expect(runner.count).toBe(0);
});

test('two callers of one piece of work share its run', async () => {
  const { seen, runner } = setUp(() => Promise.resolve());
  const work: Work = { queue: 'effect', key: 'k', timeMs: 1 };
  await Promise.all([runner.run(work), runner.run(work)]);
  expect(seen).toEqual(['k']);
});

test('job ids: none that BullMQ refuses, none shared by different work', () => {
  const works: Work[] = [
    { queue: 'effect', key: 't1:4:0', timeMs: 5 },
    { queue: 'effect', key: 't1:4:0', timeMs: 6 },
    { queue: 'effect', key: '7', timeMs: 5 },
    { queue: 'deadline', tradeId: 'a.b', name: 'c', timeMs: 5 },
    { queue: 'deadline', tradeId: 'a', name: 'b.c', timeMs: 5 },
  ];
  const ids = works.map(jobId);
  for (const id of ids) expect(id).not.toMatch(/:|^\d+$/);
  expect(new Set(ids).size).toBe(works.length);
});
