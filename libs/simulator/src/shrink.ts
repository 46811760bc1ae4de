/** A failing schedule with as little in it as still fails: fewer faults, and none from some point on. */
import { runSchedule, type ScheduleOptions, type ScheduleResult } from './schedule.js';

/** Runs that looking for a smaller one may cost. */
const MOST_RUNS = 120;

export interface Shrunk {
  options: ScheduleOptions;
  result: ScheduleResult;
  runs: number;
}

/** The result must break one of the statements that it broke at first, or it is another schedule's story. */
export async function shrink(
  options: ScheduleOptions,
  first: ScheduleResult,
  run: (options: ScheduleOptions) => Promise<ScheduleResult> = runSchedule,
): Promise<Shrunk> {
  const broken = new Set(first.violations.map(({ number }) => number));
  let best: Shrunk = { options, result: first, runs: 0 };

  const tryWith = async (changed: Partial<ScheduleOptions>): Promise<boolean> => {
    if (best.runs >= MOST_RUNS) return false;
    const smaller = { ...best.options, ...changed, coverage: undefined };
    const result = await run(smaller);
    best.runs += 1;
    if (!result.violations.some(({ number }) => broken.has(number))) return false;
    best = { options: smaller, result, runs: best.runs };
    return true;
  };

  if (!(await tryWith({ only: new Set() }))) {
    await fewerHappenings(best, tryWith);
    await fewerFaults(() => best, tryWith);
  }
  return best;
}

/** Halves the time in which things go wrong, as long as it fails. */
async function fewerHappenings(
  { result }: Shrunk,
  tryWith: (changed: Partial<ScheduleOptions>) => Promise<boolean>,
): Promise<void> {
  let [calm, wild] = [0, result.happenings];
  while (wild - calm > 4) {
    const middle = (calm + wild) >> 1;
    if (await tryWith({ calmAfter: middle })) wild = middle;
    else calm = middle;
  }
}

/** Leaves out ever smaller groups of faults. */
async function fewerFaults(
  best: () => Shrunk,
  tryWith: (changed: Partial<ScheduleOptions>) => Promise<boolean>,
): Promise<void> {
  const kept = () => best().result.faults.map(({ number }) => number);
  for (let size = kept().length; size >= 1; size = size >> 1) {
    for (let from = 0; from < kept().length;) {
      const left = kept().toSpliced(from, size);
      if (!(await tryWith({ only: new Set(left) }))) from += size;
    }
  }
}
