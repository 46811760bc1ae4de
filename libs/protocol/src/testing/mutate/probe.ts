/**
 * Watches a table while tests run it: which rows each test considered, what each row asked for, and how long it went on.
 * A row is considered when a fact of its kind came in its state, whether it was taken or not: a test that considers a row
 * is one that a change of the row can reach.
 */
import type { Effect } from '../../machine/effects.js';
import type { Fact } from '../../machine/facts.js';
import type { Machine, Row } from '../../machine/table.js';
import type { Mutant } from './mutants.js';
import { rowName } from './mutants.js';

/** A mutant that keeps a trade going for ever is caught by this, and not by a clock. */
export class Endless extends Error {
  constructor() {
    super('the trade goes on for ever');
  }
}

export class Probe {
  /** Rows and deadlines considered since the last `reset`. */
  readonly seen = new Set<string>();
  /** What each row was seen to ask for and raise. */
  readonly effects = new Map<string, Set<string>>();
  /** Guards that read the tip: `row guard`. */
  readonly readsTip = new Set<string>();
  /** Rows considered since the last `reset`, and how many are too many. */
  count = 0;
  limit = Infinity;
  private readonly original = new Map<Machine, Machine['states']>();

  constructor(private readonly tables: readonly Machine[]) {
    for (const table of tables) {
      this.original.set(table, { ...table.states });
      for (const state of Object.keys(table.states)) this.install(table, state);
    }
  }

  reset(limit = Infinity): void {
    this.seen.clear();
    this.count = 0;
    this.limit = limit;
  }

  /** The tables as they were before. */
  remove(): void {
    for (const table of this.tables) table.states = this.original.get(table) ?? table.states;
  }

  /** Runs something on the mutated table. */
  with<T>(mutant: Mutant, run: () => T): T {
    this.install(mutant.table, mutant.state, mutant);
    try {
      return run();
    } finally {
      this.install(mutant.table, mutant.state);
    }
  }

  private install(table: Machine, state: string, mutant?: Mutant): void {
    const spec = this.original.get(table)?.[state];
    if (!spec) throw new Error(`${table.name} has no state ${state}`);
    const rows = (mutant?.changed ?? spec.rows).map((row, index) =>
      mutant
        ? this.counted(row)
        : this.watched(row, rowName({ ...table, states: { [state]: spec } }, state, index)),
    );
    const until = Object.fromEntries(
      Object.entries(spec.until).map(([name, at]) => {
        const moved = mutant?.deadline === name ? (mutant.moved ?? at) : at;
        const watch: typeof at = (d) => {
          this.seen.add(`${table.name} ${state} until ${name}`);
          return moved(d);
        };
        return [name, watch];
      }),
    );
    table.states = { ...table.states, [state]: { ...spec, rows, until } };
  }

  private counted(row: Row): Row {
    return { ...row, when: [() => this.tick(), ...row.when] };
  }

  private tick(): true {
    this.count += 1;
    if (this.count > this.limit) throw new Endless();
    return true;
  }

  private watched(row: Row, name: string): Row {
    const saw = () => {
      this.seen.add(name);
      return this.tick();
    };
    return {
      ...row,
      when: [
        saw,
        ...row.when.map(
          (guard, index): Row['when'][number] =>
            (d, f, c) =>
              guard(d, this.tipWatched(f, `${name} ${String(index)}`), c),
        ),
      ],
      ask: row.ask.map((fn): Row['ask'][number] => (d, f, c) => {
        const asked = fn(d, f, c);
        for (const effect of [asked].flat()) this.note(name, labelOf(effect));
        return asked;
      }),
      raise: row.raise.map((fn): Row['raise'][number] => (d, f, c) => {
        const raised = fn(d, f, c);
        this.note(name, `raise ${raised.kind}`);
        return raised;
      }),
    };
  }

  private tipWatched(f: Fact, name: string): Fact {
    const { height, timeMs } = f.at;
    const { readsTip } = this;
    const at = {
      get height() {
        readsTip.add(name);
        return height;
      },
      timeMs,
    };
    return { ...f, at };
  }

  private note(row: string, label: string): void {
    this.effects.set(row, (this.effects.get(row) ?? new Set()).add(label));
  }
}

const labelOf = (effect: Effect): string =>
  effect.kind === 'send' ? `send ${effect.body.type}` : effect.kind;
