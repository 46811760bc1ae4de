/** How long word of a fiat payment may still come after the window in which it had to be made (S47, S59). */
import type { TradeData } from '../machine/state.js';
import type { DeadlineAt } from '../machine/table.js';
import { PERFORM_GRACE } from '../terms/windows.js';
import type { Height } from '../units.js';
import { above } from '../units.js';

/**
 * Where the grace begins: at performing-until, or later where the party was away in it (`graceFrom`): nobody is silent
 * to somebody who doesn't listen (S11). Undefined before the acknowledgement.
 */
export function graceStart(d: TradeData): Height | undefined {
  if (d.performingUntil === undefined || d.graceFrom === undefined) return d.performingUntil;
  return d.graceFrom > d.performingUntil ? d.graceFrom : d.performingUntil;
}

/** Where it ends, 36 blocks later: nothing reported as sent by then is a refund. */
export function graceEnd(d: TradeData): Height | undefined {
  const start = graceStart(d);
  return start === undefined ? undefined : above(start, PERFORM_GRACE);
}

export const graceOver: DeadlineAt = (d) => {
  const height = graceEnd(d);
  return height === undefined ? undefined : { height };
};
