/**
 * How long word of a performance may still come after the window in which it had to happen (S47, S59). Nobody is silent to
 * somebody who doesn't listen: what was sent while the agent was away lies in an outbox, which tries again within minutes.
 */
import { PERFORM_GRACE } from '../terms/windows.js';
import type { Height } from '../units.js';
import { above } from '../units.js';
import type { TradeData } from './state.js';
import type { DeadlineAt, Guard, Keep, Row } from './table.js';
import { due, keep, when } from './table.js';

/**
 * Where the grace begins: at performing-until, or later where the agent was away in it (`graceFrom`). Undefined before the
 * acknowledgement.
 */
function graceStart(d: TradeData): Height | undefined {
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

/** A deadline at which silence counts against the performer: never before its grace is over, unless it has been heard. */
export const notBeforeGrace =
  (deadline: DeadlineAt): DeadlineAt =>
  (d) => {
    const at = deadline(d);
    const end = d.fiatSent === true ? undefined : graceEnd(d);
    return at && 'height' in at && end !== undefined && end > at.height ? { height: end } : at;
  };

/** We were away in the grace, and the performer has not been heard yet. */
const unheard: Guard<'due'> = (d, { hearingSince = 0 }) =>
  d.fiatSent !== true && hearingSince > (graceStart(d) ?? Number.POSITIVE_INFINITY);
const beginGraceAnew: Keep<'due'> = (_, f) => ({ graceFrom: f.hearingSince });

/** The first row of such a deadline: the grace begins anew where we hear again, and the deadline moves with it. */
export const listenFirst = (name: string): Row => due(name, when(unheard), keep(beginGraceAnew), 'S47 S56');
