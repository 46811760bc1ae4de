/** Every process dies at every one of its commits, before and after it is written, in trades where nothing else goes wrong. */
import { SHAPES, type ShapeName } from '@tercet/protocol';
import type { Coverage } from './coverage.js';
import { runSchedule, type ScheduleOptions } from './schedule.js';
import { runAll, type SimulateOptions, type Summary } from './simulate.js';
import { PARTIES } from './world/scene.js';

export interface SystematicOptions extends Pick<SimulateOptions, 'onDone' | 'onFailure'> {
  /** Trades of each shape, from this seed on. */
  seed: number;
  count: number;
  shape?: ShapeName;
  trades?: 1 | 2;
  coverage: Coverage;
}

/** It is back at once, or only after the peers have given up waiting for an answer. */
const AWAY_MS = [5000, 25 * 60 * 1000] as const;

export async function systematic(options: SystematicOptions): Promise<Summary> {
  const { seed, trades, coverage } = options;
  const schedules: ScheduleOptions[] = [];
  for (const shape of options.shape ? [options.shape] : SHAPES) {
    for (let index = 0; index < options.count; index += 1) {
      schedules.push(...(await deathsOf({ seed: seed + index, shape, trades, coverage })));
    }
  }
  return runAll(options, schedules);
}

async function deathsOf(
  trade: Pick<ScheduleOptions, 'seed' | 'shape' | 'trades' | 'coverage'>,
): Promise<ScheduleOptions[]> {
  // Nobody makes so many commits: where they would be is learnt from a trade in which nobody dies.
  const undisturbed = { role: 'agent', at: { commit: 0, when: 'before', awayMs: 0 } } as const;
  const { commits } = await runSchedule({ ...trade, death: undisturbed });
  return PARTIES.flatMap((role) =>
    Array.from({ length: commits[role] }, (_, index) => index + 1).flatMap((commit) =>
      (['before', 'after'] as const).flatMap((when) =>
        AWAY_MS.map((awayMs) => ({ ...trade, death: { role, at: { commit, when, awayMs } } })),
      ),
    ),
  );
}
