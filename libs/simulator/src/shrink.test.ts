import { expect, test } from '@jest/globals';
import { shrink } from './shrink.js';
import type { ScheduleOptions, ScheduleResult } from './schedule.js';

const FAULTS = [3, 8, 11, 17, 20, 31, 40];

/** Breaks S1 when faults 8 and 31 happen, and S2 whatever happens. */
const run = ({ seed, only, calmAfter = 1000 }: ScheduleOptions): Promise<ScheduleResult> => {
  const faults = FAULTS.filter((number) => (only?.has(number) ?? true) && number < calmAfter).map(
    (number) => ({
      number,
      kind: 'jobLost' as const,
    }),
  );
  const broken = [8, 31].every((wanted) => faults.some(({ number }) => number === wanted));
  const violation = { number: broken ? 'S1' : 'S2', title: '', what: '' };
  const commits = { maker: 0, taker: 0, agent: 0 };
  return Promise.resolve({
    seed,
    shape: 'PEER_HELD',
    trades: 1,
    violations: [violation],
    happenings: 500,
    faults,
    commits,
    trace: [],
  });
};

test('a failing schedule keeps the faults that it takes, and no others', async () => {
  const options = { seed: 7 };
  const { options: small, result } = await shrink(options, await run(options), run);
  expect([...(small.only ?? [])]).toEqual([8, 31]);
  expect(small.calmAfter).toBeLessThan(40);
  expect(result.violations[0]?.number).toBe('S1');
});

test('one that fails without any fault keeps none', async () => {
  const always = async (options: ScheduleOptions) => ({
    ...(await run(options)),
    violations: [{ number: 'S9', title: '', what: '' }],
  });
  const { options, runs } = await shrink({ seed: 7 }, await always({ seed: 7 }), always);
  expect([options.only?.size, runs]).toEqual([0, 1]);
});
