/**
 * Small wrong changes of a table, one at a time: what a slip in a row would look like. A test that holds the row must
 * fail on each. The tables are data, so a mutant is the same table with one state's rows or deadlines replaced, in memory.
 */
import type { DeadlineAt, Guard, Machine, Row } from '../../machine/table.js';
import { above, unixMs } from '../../units.js';

export type MutantKind =
  | 'row dropped'
  | 'order swapped'
  | 'guard dropped'
  | 'guard negated'
  | 'bound moved'
  | 'target swapped'
  | 'effect skipped'
  | 'keep skipped'
  | 'raise skipped'
  | 'claim skipped'
  | 'refusal skipped'
  | 'deadline moved';

export interface Mutant {
  /** Unique over all tables, and readable: `fiat.agent performed cancelRequest#0: guard 1 dropped`. */
  id: string;
  kind: MutantKind;
  table: Machine;
  state: string;
  /** The rows that it changes, by their index in the state. */
  rows: number[];
  /** Which guard of the first row, where one is changed. */
  guard?: number;
  deadline?: string;
  /** The state's rows instead of its own. */
  changed?: Row[];
  /** The state's deadline instead of its own. */
  moved?: DeadlineAt;
}

/** `table state fact#index`: how a row is named in reports. */
export const rowName = (table: Machine, state: string, index: number): string => {
  const row = table.states[state]?.rows[index];
  return `${table.name} ${state} ${row?.on ?? ''}${row?.name === undefined ? '' : `:${row.name}`}#${String(index)}`;
};

/** Another state of the machine than the one the row leads to, and than the one it stands in. */
function anotherState(table: Machine, state: string, row: Row): string | undefined {
  const names = Object.keys(table.states);
  const start = names.indexOf(row.to ?? state);
  const next = [...names.slice(start + 1), ...names.slice(0, start + 1)];
  return next.find((name) => name !== row.to && name !== state);
}

/** A guard that sees the tip one block away from where it is: its bound, moved by one. */
const shifted =
  (guard: Guard, blocks: 1 | -1): Guard =>
  (d, f, c) =>
    guard(d, { ...f, at: { ...f.at, height: above(f.at.height, blocks) } }, c);

/** A minute for a clock, which is as fine as a block for a height. */
const A_MINUTE = 60_000;
const movedBy =
  (deadline: DeadlineAt, step: 1 | -1): DeadlineAt =>
  (d) => {
    const at = deadline(d);
    if (at === undefined) return undefined;
    if ('height' in at) return { height: above(at.height, step) };
    return { timeMs: unixMs(at.timeMs + step * A_MINUTE) };
  };

interface Change {
  kind: MutantKind;
  what: string;
  row: Row;
  guard?: number;
}

/** Every change of one row that leaves it a row. */
function changesOf(table: Machine, state: string, row: Row): Change[] {
  const skip = (kind: MutantKind, part: 'ask' | 'keep' | 'raise'): Change[] =>
    row[part].map((_, index) => ({
      kind,
      what: `${part} ${String(index + 1)} skipped`,
      row: { ...row, [part]: row[part].filter((_one, other) => other !== index) },
    }));
  const guards = row.when.flatMap((guard, index): Change[] => {
    const instead = (kind: MutantKind, what: string, ...others: Guard[]): Change => ({
      kind,
      what: `guard ${String(index + 1)} ${what}`,
      row: { ...row, when: row.when.toSpliced(index, 1, ...others) },
      guard: index,
    });
    return [
      instead('guard dropped', 'dropped'),
      instead('guard negated', 'negated', (d, f, c) => !guard(d, f, c)),
      instead('bound moved', 'a block early', shifted(guard, 1)),
      instead('bound moved', 'a block late', shifted(guard, -1)),
    ];
  });
  const other = anotherState(table, state, row);
  const targets: Change[] = [
    ...(row.to === undefined || row.to === state
      ? []
      : [{ kind: 'target swapped' as const, what: 'stays', row: { ...row, to: undefined } }]),
    ...(other === undefined || row.refuse
      ? []
      : [{ kind: 'target swapped' as const, what: `to ${other}`, row: { ...row, to: other } }]),
  ];
  const marks: Change[] = [
    ...(row.claim
      ? [{ kind: 'claim skipped' as const, what: 'claim skipped', row: { ...row, claim: undefined } }]
      : []),
    ...(row.refuse
      ? [{ kind: 'refusal skipped' as const, what: 'refusal skipped', row: { ...row, refuse: undefined } }]
      : []),
  ];
  return [
    ...guards,
    ...targets,
    ...skip('effect skipped', 'ask'),
    ...skip('keep skipped', 'keep'),
    ...skip('raise skipped', 'raise'),
    ...marks,
  ];
}

/** Every mutant of a table. */
export function mutantsOf(table: Machine): Mutant[] {
  return Object.entries(table.states).flatMap(([state, spec]) => {
    const { rows } = spec;
    const ofRows = rows.flatMap((row, index): Mutant[] => {
      const name = rowName(table, state, index);
      const base = { table, state, rows: [index] };
      const next = rows.findIndex(
        (other, place) => place > index && other.on === row.on && other.name === row.name,
      );
      const below = rows[next];
      return [
        { ...base, id: `${name}: dropped`, kind: 'row dropped', changed: rows.toSpliced(index, 1) },
        ...changesOf(table, state, row).map(({ kind, what, row: instead, guard }): Mutant => ({
          ...base,
          id: `${name}: ${what}`,
          kind,
          guard,
          changed: rows.with(index, instead),
        })),
        // Rows on different facts never meet, so their order says nothing.
        ...(below === undefined
          ? []
          : [
              {
                ...base,
                id: `${name}: below #${String(next)}`,
                kind: 'order swapped' as const,
                rows: [index, next],
                changed: rows.with(index, below).with(next, row),
              },
            ]),
      ];
    });
    const ofDeadlines = Object.entries(spec.until).flatMap(([deadline, at]): Mutant[] =>
      ([-1, 1] as const).map((step) => ({
        id: `${table.name} ${state} until ${deadline}: ${step === 1 ? 'late' : 'early'}`,
        kind: 'deadline moved',
        table,
        state,
        rows: rows.flatMap((row, index) => (row.name === deadline ? [index] : [])),
        deadline,
        moved: movedBy(at, step),
      })),
    );
    return [...ofRows, ...ofDeadlines];
  });
}
