/**
 * A wait that outlives its height without ending by it: that it did is remembered and told once, and the wait goes on,
 * since only the own node or the other side can end it.
 */
import {
  AGENT_GRACE,
  CUSTODY_BLOCKS,
  LOCK_OVERDUE,
  PAYOUT_CLTV_LIMIT,
  ROUTE_GRACE,
} from '../terms/windows.js';
import type { Height } from '../units.js';
import { above } from '../units.js';
import type { TradeData, WaitAlarm } from './state.js';
import type { DeadlineAt, Row } from './table.js';
import { due, keep } from './table.js';

/** Each with what it means, for the person whose trade it is. */
export const ALARMS: Record<WaitAlarm, string> = {
  nearEnd: 'The hold nears its end and is not resolved.',
  lateReturn:
    'The lease is over, and the payment for the hold has not come back yet. It comes back by itself.',
  custodyOverdue:
    'The time of custody is over, and the agent has neither paid nor returned what it took. It owes that: keep "tercet evidence ID".',
  noWord:
    'A payment is neither paid nor failed, though its longest route is over. Look at it with "tercet payouts".',
};

type HeightAt = (d: TradeData) => Height | undefined;
interface Watched {
  until: Record<string, DeadlineAt>;
  row: Row;
}

/** The deadline, which is gone once it was told, and its row. */
const watch = (alarm: WaitAlarm, at: HeightAt, cites: string): Watched => ({
  until: {
    [alarm]: (d) => {
      const height = at(d);
      const told = d.told?.some((one) => one.alarm === alarm && one.height === height);
      return height === undefined || told ? undefined : { height };
    },
  },
  row: due(
    alarm,
    keep((d) => {
      const height = at(d);
      return height === undefined ? {} : { told: [...(d.told ?? []), { alarm, height }] };
    }),
    cites,
  ),
});

/** Whether this party's node pays or hosts the escrow. Where a wallet does that can't be read, nobody knows if it is open. */
const seesHold = (d: TradeData): boolean => d.ledger.some(({ purpose }) => purpose === 'escrow');

/** S14: from A - 12 on an open hold is an alarm. */
export const nearEnd = watch(
  'nearEnd',
  (d) => (d.locked && seesHold(d) ? above(d.locked.A, -d.limits.margins.alarm) : undefined),
  'S14',
);
/** S58: the host lets go of what wasn't locked; by now the payer's node should have said so. */
export const lateReturn = watch(
  'lateReturn',
  (d) => (d.leaseEnd === undefined ? undefined : above(d.leaseEnd, LOCK_OVERDUE)),
  'S58',
);
/** S45: at the end of custody the agent carries out the default by itself. */
export const custodyOverdue = watch(
  'custodyOverdue',
  (d) => (d.locked ? above(d.locked.decideBy, CUSTODY_BLOCKS + AGENT_GRACE) : undefined),
  'S45',
);
/** S3: a payout or fee that was asked for is tracked until the node says what became of it. */
export const noWord = watch(
  'noWord',
  (d) => {
    const asked = d.ledger.findLast(({ kind }) => kind === 'payment')?.asked;
    return asked && above(asked.height, PAYOUT_CLTV_LIMIT + ROUTE_GRACE);
  },
  'S3',
);
