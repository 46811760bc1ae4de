/**
 * PEER_HELD: from which height on a trader's daemon follows what the agent rules (S45 S47). A word that comes sooner waits
 * with the other early messages, since a node may be behind the agent's, and is taken when its height comes.
 */
import { graceEnd } from '../../machine/grace.js';
import { known } from '../../machine/state.js';
import type { TradeData } from '../../machine/state.js';
import type { DeadlineAt, Guard, Row } from '../../machine/table.js';
import { due } from '../../machine/table.js';
import type { BodyOf } from '../../messages/bodies.js';
import { TIP_SLACK } from '../../terms/windows.js';
import { above } from '../../units.js';
import type { Height } from '../../units.js';
import { defaultIsPayee, releasedByPayer } from '../checks.js';

type Word = BodyOf<'ruling'>;
/** The first height at which the terms allow that word; undefined = never. */
type From = (d: TradeData, word: Word) => Height | undefined;

/** Undecided at decide-by: what both signed for that, and only where that is the payee; no release is needed for it. */
const defaultToPayee: From = (d, word) =>
  word.for === 'payee' && word.by === 'default' && d.terms?.defaults.undecided === 'payee'
    ? d.locked?.decideBy
    : undefined;
/** Only where the payee has said that it sent: itself, to the payer too, whose daemon takes no agent's word for it. */
const defaultOfSent: From = (d, word) => (defaultIsPayee(d) ? defaultToPayee(d, word) : undefined);
/** By the agent's own windows. */
const refund: From = (d, word) => {
  if (word.for !== 'payer' || releasedByPayer(d)) return undefined;
  const { performBy, decideBy, h, A } = known(d.locked, 'locked');
  switch (word.by) {
    case 'lease':
      return undefined;
    case 'deadline':
      // We have said that we sent: the payer may still release, and no agent's word ends that before the hold does.
      return d.fiatSent === true ? A : (graceEnd(d) ?? performBy);
    case 'default':
      return defaultIsPayee(d) ? undefined : decideBy;
    case 'cancel':
      // Acknowledged: only the performer ends it early, and we are the performer.
      return d.performingUntil === undefined || d.cancelAsked === true ? h : undefined;
  }
};

const withSlack = (at: Height): Height => above(at, -1 * TIP_SLACK);
const allowedFrom =
  (from: From): Guard<'ruling'> =>
  (d, f) => {
    const at = from(d, f.body);
    return at !== undefined && f.at.height >= withSlack(at);
  };
/** The sats go to the payee by the default, no sooner than its height (S45). */
export const defaultRules = allowedFrom(defaultOfSent);
/** S47: nothing is given back on a word that the terms don't allow at this height. */
export const mayRefund = allowedFrom(refund);

/** The deadline and its row: taking the row, the step looks at what waits once more. A state with it takes whatever is allowed. */
interface Waiting {
  until: { ruled: DeadlineAt };
  row: Row;
}
const waiting = (from: From): Waiting => ({
  until: {
    ruled: (d) => {
      const heights = d.early.flatMap(({ body }) => (body.type === 'ruling' ? (from(d, body) ?? []) : []));
      return heights.length === 0 ? undefined : { height: withSlack(Math.min(...heights) as Height) };
    },
  },
  row: due('ruled', 'S45 S47'),
});
export const ruledToPayer = waiting(defaultOfSent);
export const ruledToPayee = waiting((d, word) => defaultOfSent(d, word) ?? refund(d, word));
/** Where the payer's side is over but for the default: from its height on the price is owed. */
export const defaultLater: Guard<'ruling'> = (d, f) => defaultToPayee(d, f.body) !== undefined;
export const defaultFrom: DeadlineAt = (d) =>
  d.locked ? { height: withSlack(d.locked.decideBy) } : undefined;
