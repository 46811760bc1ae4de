/** Many schedules, one after another. */
import type { ShapeName } from '@tercet/protocol';
import type { Coverage } from './coverage.js';
import { isReal, replayLine } from './replay.js';
import { runSchedule, type ScheduleOptions, type ScheduleResult } from './schedule.js';
import { shrink } from './shrink.js';

export interface SimulateOptions {
  schedules: number;
  /** Of the first; each further one has the next. */
  seed: number;
  shape?: ShapeName;
  trades?: 1 | 2;
  coverage: Coverage;
  /** Told after each. */
  onDone?: (done: number) => void;
  onFailure?: (failure: Failure) => void;
}

export interface Failure {
  result: ScheduleResult;
  /** Runs it again, as it was found and as small as it was made. */
  replay: string;
  shrunk: string;
}

export interface Summary {
  schedules: number;
  real: number;
  /** With two trades at once. */
  double: number;
  happenings: number;
  failures: Failure[];
  elapsedMs: number;
}

export async function simulate(options: SimulateOptions): Promise<Summary> {
  const { schedules, seed, shape, trades, coverage } = options;
  return runAll(
    options,
    Array.from({ length: schedules }, (_, index) => ({
      seed: seed + index,
      shape,
      trades,
      real: isReal(seed + index),
      coverage,
    })),
  );
}

/** Each of them, whatever the others did. */
export async function runAll(
  { onDone, onFailure }: Pick<SimulateOptions, 'onDone' | 'onFailure'>,
  schedules: readonly ScheduleOptions[],
): Promise<Summary> {
  const startedMs = performance.now();
  const summary: Summary = { schedules: 0, real: 0, double: 0, happenings: 0, failures: [], elapsedMs: 0 };
  for (const schedule of schedules) {
    const result = await runSchedule(schedule);
    summary.schedules += 1;
    summary.happenings += result.happenings;
    if (schedule.real) summary.real += 1;
    if (result.trades > 1) summary.double += 1;
    if (result.violations.length > 0) {
      const failure = await explain(schedule, result);
      summary.failures.push(failure);
      onFailure?.(failure);
    }
    onDone?.(summary.schedules);
  }
  return { ...summary, elapsedMs: performance.now() - startedMs };
}

async function explain(options: ScheduleOptions, result: ScheduleResult): Promise<Failure> {
  const small = await shrink(options, result);
  return {
    result,
    replay: replayLine(options, result.shape),
    shrunk: replayLine(small.options, result.shape),
  };
}
