/** `npm run bench -- simulator`: how many schedules of whole trades one core plays in a minute. */
import { Coverage, simulate } from '@tercet/simulator';

export interface SimulatorOptions {
  schedules: number;
  seed: number;
  json: boolean;
}

/** Code that has just begun isn't compiled yet. */
const WARM_UP = 300;
const GOAL_PER_MINUTE = 10_000;

export async function benchSimulator({ schedules, seed, json }: SimulatorOptions): Promise<void> {
  await simulate({ schedules: WARM_UP, seed, coverage: new Coverage() });
  const before = process.cpuUsage();
  const summary = await simulate({ schedules, seed: seed + WARM_UP, coverage: new Coverage() });
  const { user, system } = process.cpuUsage(before);
  const cpuMs = (user + system) / 1000;
  const line = {
    bench: 'simulator',
    schedules,
    happenings: summary.happenings,
    perMinute: Math.round((schedules / summary.elapsedMs) * 60_000),
    // On a machine with other work on it a core isn't all ours.
    perMinuteOfCpu: Math.round((schedules / cpuMs) * 60_000),
    goal: GOAL_PER_MINUTE,
    violations: summary.failures.length,
  };
  process.stdout.write(`${json ? JSON.stringify(line) : inWords(line)}\n`);
}

const inWords = (line: Record<string, string | number>): string =>
  `${String(line.schedules)} schedules, ${String(line.happenings)} happenings: ${String(line.perMinute)} a minute, ` +
  `${String(line.perMinuteOfCpu)} a minute of processor time (goal ${String(line.goal)}); ${String(line.violations)} with violations`;
