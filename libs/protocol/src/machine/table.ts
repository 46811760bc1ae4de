/**
 * A rule is a row (style.md): data, from which diagram, matrix, coverage and "what can I do" are read.
 *
 * ```ts
 * waiting: state({ until: { lease: leaseEnd } }, [
 *   on('locked', when(windowsFit), to('secured'), raise('secured'), 'A8 S13 S49'),
 *   on('locked', to('leaving'), ask(cancelAtAgent), 'S49'),
 * ])
 * ```
 * Rows are tried top down; the first whose guards all hold is taken.
 */
import type { Keyring } from '../crypto/keyring.js';
import type { Height, UnixMs } from '../units.js';
import { unixMs } from '../units.js';
import type { Bound } from './bounds.js';
import type { Effect } from './effects.js';
import type { Fact, FactKind, Facts, InternalKind } from './facts.js';
import type { TradeData } from './state.js';

export interface Context {
  keys: Keyring;
}
export type Guard<K extends FactKind = FactKind> = (d: TradeData, f: Fact<K>, c: Context) => boolean;
export type Keep<K extends FactKind = FactKind> = (
  d: TradeData,
  f: Fact<K>,
  c: Context,
) => Partial<TradeData>;
export type Ask<K extends FactKind = FactKind> = (d: TradeData, f: Fact<K>, c: Context) => Effect | Effect[];
export type InternalFact = { [K in InternalKind]: { kind: K } & Facts[K] }[InternalKind];
export type Raise<K extends FactKind = FactKind> = (d: TradeData, f: Fact<K>, c: Context) => InternalFact;

export interface Row<K extends FactKind = FactKind> {
  on: K;
  /** For `due`: which deadline. */
  name?: string;
  when: Guard<K>[];
  to?: string;
  keep: Keep<K>[];
  ask: Ask<K>[];
  raise: Raise<K>[];
  claim: 'take' | 'release' | undefined;
  /** The fact is refused with this code, said in words to who brought it. */
  refuse?: { code: string; text: string; wayOut: string };
  cites: string;
}

/** A piece of a row; `on` puts them together. */
type Part<K extends FactKind> = Partial<
  Pick<Row<K>, 'when' | 'to' | 'keep' | 'ask' | 'raise' | 'claim' | 'refuse'>
>;

export const when = <K extends FactKind>(...guards: Guard<K>[]): Part<K> => ({ when: guards });
export const to = (target: string): Part<FactKind> => ({ to: target });
export const keep = <K extends FactKind>(...fns: Keep<K>[]): Part<K> => ({ keep: fns });
export const ask = <K extends FactKind>(...fns: Ask<K>[]): Part<K> => ({ ask: fns });
/** Tells the party's other machines, in the same step. */
export const raise = <K extends FactKind>(...facts: (InternalFact | Raise<K>)[]): Part<K> => ({
  raise: facts.map((fact) => (typeof fact === 'function' ? fact : () => fact)),
});
/** Takes the order for this trade, or gives it back (A7). */
export const claimOrder: Part<FactKind> = { claim: 'take' };
export const freeOrder: Part<FactKind> = { claim: 'release' };
export const refuse = (code: string, text: string, wayOut: string): Part<FactKind> => ({
  refuse: { code, text, wayOut },
});

/** A row; its last argument cites the statements it keeps. The step only hands a row facts of the kind it names. */
export function on<K extends FactKind>(kind: K, ...parts: (Part<NoInfer<K>> | string)[]): Row;
export function on(kind: FactKind, ...parts: (Part<FactKind> | string)[]): Row {
  const empty: Row = { on: kind, when: [], keep: [], ask: [], raise: [], claim: undefined, cites: '' };
  return parts.reduce<Row>(
    (row, part) => (typeof part === 'string' ? { ...row, cites: part } : { ...row, ...part }),
    empty,
  );
}

/** A row for a deadline that the state declares. */
export function due(name: string, ...parts: (Part<'due'> | string)[]): Row {
  const row = on('due', ...parts);
  return { ...row, name };
}

/** A time says how far ahead it ever is when it is set, where a clock that was set back must not put it off. */
export type DeadlineAt = (d: TradeData) => { height: Height } | Until | undefined;
interface Until {
  timeMs: UnixMs;
  withinMs?: number;
}
/** So long after that. */
export const after = (fromMs: number, ms: number): Until => ({ timeMs: unixMs(fromMs + ms), withinMs: ms });

export interface StateSpec {
  until: Record<string, DeadlineAt>;
  /** Who ends the wait where no deadline here does: every wait has the one or the other (bounds.ts says why that is enough). */
  endedBy?: Bound;
  /** `end`: nothing leaves it (S20). `rest`: keeps no trade open, yet may be left, by a debt that turns up later. */
  at: 'work' | 'rest' | 'end';
  rows: Row[];
}

interface StateOptions {
  until?: Record<string, DeadlineAt>;
  endedBy?: Bound;
  at?: StateSpec['at'];
}
export const state = (options: StateOptions, rows: Row[] = []): StateSpec => ({
  until: options.until ?? {},
  endedBy: options.endedBy,
  at: options.at ?? 'work',
  rows,
});

export interface Machine {
  /** As `fiat.payer`; the title of its diagram. */
  name: string;
  initial: string;
  states: Record<string, StateSpec>;
}

/** A deadline that leaves the state; one that only remembers that it has passed ends no wait. */
export const endsByDeadline = (spec: StateSpec): boolean =>
  spec.rows.some((row) => row.on === 'due' && row.to !== undefined);

/**
 * Builds a machine and refuses a table that doesn't hold together: unknown target, deadline without a row or row without a
 * deadline, a wait that nothing ends.
 */
export function machine(name: string, initial: string, states: Record<string, StateSpec>): Machine {
  const fail = (what: string): never => {
    throw new Error(`table ${name}: ${what}`);
  };
  if (!states[initial]) fail(`no state ${initial}`);
  for (const [from, spec] of Object.entries(states)) {
    if (spec.at === 'work' && !endsByDeadline(spec) && spec.endedBy === undefined)
      fail(`${from}: waits without a deadline, and nothing says who ends the wait`);
    if (spec.at === 'end' && spec.rows.some((row) => row.to !== undefined && row.to !== from))
      fail(`${from} is an end and is left`);
    for (const row of spec.rows) {
      if (row.to !== undefined && !states[row.to]) fail(`${from}: no state ${row.to}`);
      if (row.on === 'due' && !(row.name !== undefined && row.name in spec.until))
        fail(`${from}: no deadline ${row.name ?? ''}`);
      if (row.cites === '') fail(`${from}: a row on ${row.on} cites nothing`);
    }
    for (const deadline of Object.keys(spec.until)) {
      if (!spec.rows.some((row) => row.name === deadline)) fail(`${from}: nothing happens at ${deadline}`);
    }
  }
  return { name, initial, states };
}
