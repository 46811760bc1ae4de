import { describe, expect, test } from '@jest/globals';
import { SHAPES } from '@tercet/protocol';
import { Coverage } from './coverage.js';
import { readDeath, replayLine } from './replay.js';
import { runSchedule } from './schedule.js';
import { simulate } from './simulate.js';
import { systematic } from './systematic.js';

/** More with SCHEDULES=5000. */
const SCHEDULES = Number(process.env.SCHEDULES ?? 200);
const SEED = 20_000;
const LONG_MS = 300_000;

describe('schedules of whole trades', () => {
  test(
    'none of the safety rules that speak of state is broken, whoever cheats, dies or is late',
    async () => {
      const coverage = new Coverage();
      const { failures, schedules, real } = await simulate({ schedules: SCHEDULES, seed: SEED, coverage });
      expect(failures.map(({ replay, result }) => [replay, result.violations])).toEqual([]);
      expect([schedules, real > 0]).toEqual([SCHEDULES, true]);
      // A simulation in which nothing happens would find nothing either.
      const reached = coverage.tables().reduce((sum, { states }) => sum + states.reached, 0);
      expect(reached).toBeGreaterThan(150);
    },
    LONG_MS,
  );

  test.each(SHAPES)('%s: the same seed is the same schedule, and another is another', async (shape) => {
    const run = (seed: number) => runSchedule({ seed, shape, trace: true });
    const [first, again, other] = [await run(SEED), await run(SEED), await run(SEED + 1)];
    expect(again).toEqual(first);
    expect(other.trace).not.toEqual(first.trace);
  });

  test('with a second trade at once it is the same each time too; one alone is what most seeds draw', async () => {
    const run = (trades?: 1 | 2) => runSchedule({ seed: SEED, shape: 'AGENT_HELD', trades, trace: true });
    const [drawn, alone, two] = [await run(), await run(1), await run(2)];
    expect([drawn.trades, alone]).toEqual([1, drawn]);
    expect(two.trades).toBe(2);
    expect(await run(2)).toEqual(two);
  });

  test('with real signatures and SQLite it is the same too, and nothing is broken', async () => {
    const run = () => runSchedule({ seed: SEED, shape: 'PEER_HELD', real: true, trace: true });
    const [first, again] = [await run(), await run()];
    expect(again.trace).toEqual(first.trace);
    expect(first.violations).toEqual([]);
  });

  test(
    'S7 S26: every process may die at every one of its commits',
    async () => {
      const { failures, schedules } = await systematic({ seed: SEED, count: 1, coverage: new Coverage() });
      expect(failures.map(({ replay, result }) => [replay, result.violations])).toEqual([]);
      expect(schedules).toBeGreaterThan(50);
    },
    LONG_MS,
  );

  test('only the faults that are named happen, and none after the calm', async () => {
    const all = await runSchedule({ seed: SEED + 5 });
    expect(all.faults.length).toBeGreaterThan(1);
    expect((await runSchedule({ seed: SEED + 5, only: new Set() })).faults).toEqual([]);
    expect((await runSchedule({ seed: SEED + 5, calmAfter: 0 })).faults).toEqual([]);
  });
});

test('the line that replays a schedule says what was drawn and what was left out', () => {
  expect(replayLine({ seed: 81_733 }, 'PEER_HELD')).toBe(
    'npm run sim -- --seed 81733 --engine fiat --shape PEER_HELD',
  );
  expect(replayLine({ seed: 5, trades: 2, calmAfter: 3 }, 'PEER_HELD')).toBe(
    'npm run sim -- --seed 5 --engine fiat --shape PEER_HELD --trades 2 --calm-after 3',
  );
  const death = readDeath('taker:7:after:5000');
  expect(replayLine({ seed: 1, only: new Set([3, 17]), calmAfter: 9, death }, 'AGENT_HELD')).toBe(
    'npm run sim -- --seed 1 --engine fiat --shape AGENT_HELD --faults 3,17 --calm-after 9 --death taker:7:after:5000',
  );
  expect(replayLine({ seed: 1, only: new Set() }, 'AGENT_HELD')).toContain('--faults none');
  expect(['nobody:7:after:5', 'maker:x:after:5', 'maker:7:never:5', 'maker'].map(readDeath)).toEqual(
    Array.from({ length: 4 }),
  );
});
