/** The waits of a table and what ends them, in words: read from the table, so that the documents can't drift from what runs. */
import { LIMITS } from '../deal/limits.js';
import { ALARMS } from '../machine/alarms.js';
import type { MessageFact } from '../machine/facts.js';
import type { LedgerEntry, TradeData } from '../machine/state.js';
import { blankTrade } from '../machine/state.js';
import type { DeadlineAt, Machine, StateSpec } from '../machine/table.js';
import type { Terms } from '../terms/terms.js';
import type { PaymentHash } from '../units.js';
import { height, msat, unixMs } from '../units.js';

/** Heights so far apart that whatever is counted from one of them is nearest to it. */
const HEIGHTS = {
  'lease end': height(100_000),
  'perform-by': height(200_000),
  'answer-by': height(300_000),
  'decide-by': height(400_000),
  A: height(500_000),
  E: height(600_000),
  asked: height(700_000),
};
const TIMES = { start: 1_000_000_000_000, 'next try': 2_000_000_000_000 };

const LINE: Pick<LedgerEntry, 'attempt' | 'kind' | 'hash' | 'amountMsat' | 'status' | 'asked'> = {
  ...{ attempt: 1, kind: 'payment', hash: '' as PaymentHash, amountMsat: msat(1), status: 'live' },
  asked: { height: HEIGHTS.asked, timeMs: unixMs(TIMES.start) },
};
/** Whatever deadlines are counted from is there. */
const SAMPLE = {
  ...blankTrade(LIMITS),
  startedMs: TIMES.start,
  externalWallet: true,
  fiatSent: true,
  terms: { defaults: { bothSilent: 'payee', undecided: 'payee' } } as Partial<Terms> as Terms,
  leaseEnd: HEIGHTS['lease end'],
  performingUntil: HEIGHTS['perform-by'],
  locked: {
    h: height(1),
    E: HEIGHTS.E,
    A: HEIGHTS.A,
    performBy: HEIGHTS['perform-by'],
    answerBy: HEIGHTS['answer-by'],
    decideBy: HEIGHTS['decide-by'],
  },
  nextTryMs: unixMs(TIMES['next try']),
  early: [{ kind: 'ruling', body: { type: 'ruling', for: 'payee', by: 'default', why: '' } } as MessageFact],
  obligation: { to: 'agent', amountMsat: msat(1), why: '', attempt: 1, purpose: 'successFee' },
  ledger: [
    { ...LINE, purpose: 'escrow' },
    { ...LINE, purpose: 'payout' },
  ],
} as Partial<TradeData> as TradeData;

const MINUTE_MS = 60_000;

/** As `A - 24`, or `start + 10 min`. */
function inWords(at: DeadlineAt): string {
  const when = at(SAMPLE);
  if (!when) throw new Error('a deadline is counted from something that the sample lacks');
  const [value, bases, unit] =
    'height' in when ? ([when.height, HEIGHTS, 1] as const) : ([when.timeMs, TIMES, MINUTE_MS] as const);
  const distances = Object.entries(bases).map(([name, base]) => [name, (value - base) / unit] as const);
  const [name, distance] = distances.reduce((a, b) => (Math.abs(b[1]) < Math.abs(a[1]) ? b : a));
  if (distance === 0) return name;
  const count = `${distance < 0 ? '-' : '+'} ${String(Math.abs(distance))}`;
  return `${name} ${count}${'height' in when ? '' : ' min'}`;
}

/** What a deadline does that leaves no state. */
const STAYS: Record<string, string> = {
  ...Object.fromEntries(Object.keys(ALARMS).map((alarm) => [alarm, 'told, and it goes on waiting'])),
  ruled: 'a ruling that came too early is taken',
};

function leadsTo(spec: StateSpec, deadline: string): string {
  const targets = spec.rows.flatMap(({ name, to }) => (name === deadline ? [to ?? ''] : []));
  return [...new Set(targets)]
    .map((to) => (to === '' ? (STAYS[deadline] ?? 'it begins anew') : to))
    .join(' or ');
}

export interface Wait {
  state: string;
  /** `A - 24: takingCustody`, each deadline of the state. */
  deadlines: { name: string; at: string; then: string }[];
  /** Who ends it where no deadline does. */
  otherwise?: string;
}

/** Every state of a table that waits. */
export const waitsOf = (table: Machine): Wait[] =>
  Object.entries(table.states).flatMap(([state, spec]) =>
    spec.at !== 'work'
      ? []
      : [
          {
            state,
            deadlines: Object.entries(spec.until).map(([name, at]) => ({
              name,
              at: inWords(at),
              then: leadsTo(spec, name),
            })),
            otherwise: spec.endedBy,
          },
        ],
  );
