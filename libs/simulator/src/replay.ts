import { ROLES, type Role, type ShapeName } from '@tercet/protocol';
import type { ScheduleOptions } from './schedule.js';
import type { Death } from './world/port.js';

/** One schedule in so many runs on real signatures and SQLite; which one is said by its seed. */
const REAL_EVERY = 100;
export const isReal = (seed: number): boolean => seed % REAL_EVERY === REAL_EVERY - 1;

/** The one line that runs a schedule again. */
export function replayLine(options: ScheduleOptions, shape: ShapeName): string {
  const { seed, trades, only, calmAfter, death } = options;
  return [
    `npm run sim -- --seed ${seed} --engine fiat --shape ${shape}`,
    trades !== undefined && ` --trades ${trades}`,
    only && ` --faults ${only.size === 0 ? 'none' : [...only].join(',')}`,
    calmAfter !== undefined && ` --calm-after ${calmAfter}`,
    death && ` --death ${writeDeath(death)}`,
  ]
    .filter((part) => typeof part === 'string')
    .join('');
}

type PlannedDeath = { role: Role; at: Death };

const writeDeath = ({ role, at }: PlannedDeath): string => `${role}:${at.commit}:${at.when}:${at.awayMs}`;

/** Reads `--death maker:7:before:5000`: who, at which commit, before or after it is written, for how many ms. Undefined where it is none. */
export function readDeath(text: string): PlannedDeath | undefined {
  const [who, commit, when, away] = text.split(':');
  const role = ROLES.find((one) => one === who);
  const at = { commit: Number(commit), awayMs: Number(away) };
  if (!role || (when !== 'before' && when !== 'after')) return undefined;
  return Number.isInteger(at.commit) && Number.isInteger(at.awayMs)
    ? { role, at: { ...at, when } }
    : undefined;
}
