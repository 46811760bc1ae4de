/** Which states and rows of the tables were taken, by shape: what no schedule reaches is tested by none. */
import type { Change, TradeView } from '@tercet/daemon';
import {
  partyOf,
  SHAPES,
  TABLES,
  type Machine,
  type MachineName,
  type Party,
  type Refusal,
  type Row,
  type ShapeName,
} from '@tercet/protocol';
import { NOT_HERE } from './not-here.js';

export interface TableCoverage {
  shape: ShapeName;
  table: string;
  states: { reached: number; all: number };
  rows: { taken: number; all: number };
}

export class Coverage {
  private readonly rows = new Set<string>();
  private readonly states = new Set<string>();
  /** Where each row was taken already: several states may share one. */
  private readonly known = new Map<Row, Set<string>>();

  enter(shape: ShapeName, { trade, path, rows }: Change): void {
    const { data } = trade.state;
    rows.forEach((row, index) => {
      const text = path[index] ?? '';
      const place = `${shape} ${data.role} ${data.seat} ${text}`;
      const places = this.known.get(row) ?? new Set();
      if (places.has(place)) return;
      this.known.set(row, places.add(place));
      this.take(shape, partyOf(data), text, row);
    });
  }

  /** A row that refuses leaves no trace in the trade: it is known by the words that it refuses with. */
  refused(shape: ShapeName, { state }: TradeView, refusal: Refusal): void {
    const party = partyOf(state.data);
    for (const name of Object.keys(state.machines) as MachineName[]) {
      const place = party[name].states[state.machines[name]]?.rows.findIndex(
        ({ refuse }) => refuse === refusal,
      );
      if (place !== undefined && place >= 0)
        this.rows.add(rowKey(shape, party[name], state.machines[name], place));
    }
  }

  private take(shape: ShapeName, party: Party, text: string, row: Row): void {
    const [name = '', rest = ''] = text.split('.', 2);
    const machine = party[name as MachineName];
    const state = rest.slice(0, rest.indexOf(':'));
    const place = machine.states[state]?.rows.indexOf(row);
    if (place === undefined) return;
    this.rows.add(rowKey(shape, machine, state, place));
    this.states.add(stateKey(shape, machine, state));
    if (row.to !== undefined) this.states.add(stateKey(shape, machine, row.to));
  }

  /** Table by table, as far as a shape uses it. */
  tables(): TableCoverage[] {
    return SHAPES.flatMap((shape) =>
      tablesOf(shape).map((machine) => {
        const states = Object.entries(machine.states);
        const rows = states.flatMap(([state, { rows }]) =>
          rows.map((_, index) => rowKey(shape, machine, state, index)),
        );
        const reached = states.filter(([state]) => this.states.has(stateKey(shape, machine, state)));
        return {
          shape,
          table: machine.name,
          states: { reached: reached.length, all: states.length },
          rows: { taken: rows.filter((key) => this.rows.has(key)).length, all: rows.length },
        };
      }),
    );
  }

  /**
   * Rows that were taken in no shape though they can be, as `fiat.payee.sent: cmdCancel #1 (A11)`: the how manieth answer
   * to that fact it is.
   */
  neverTaken(): string[] {
    return allRows()
      .filter(({ name }) => NOT_HERE[name] === undefined)
      .filter((row) => !this.isTaken(row))
      .map(({ name }) => name);
  }

  /** Rows that no schedule can take, each with the reason; and where one was taken all the same. */
  notHere(): { name: string; why: string; isTaken: boolean }[] {
    return allRows().flatMap((row) => {
      const why = NOT_HERE[row.name];
      return why === undefined ? [] : [{ name: row.name, why, isTaken: this.isTaken(row) }];
    });
  }

  private isTaken({ machine, state, index }: PlacedRow): boolean {
    return SHAPES.some((shape) => this.rows.has(rowKey(shape, machine, state, index)));
  }
}

interface PlacedRow {
  machine: Machine;
  state: string;
  index: number;
  name: string;
}

/** Every row of every table, with its name. */
export const allRows = (): PlacedRow[] =>
  TABLES.flatMap((machine) =>
    Object.entries(machine.states).flatMap(([state, { rows }]) =>
      rows.map((row, index) => ({ machine, state, index, name: nameOf(machine, state, rows, row, index) })),
    ),
  );

const stateKey = (shape: ShapeName, { name }: Machine, state: string): string => `${shape} ${name}.${state}`;
const rowKey = (shape: ShapeName, machine: Machine, state: string, index: number): string =>
  `${stateKey(shape, machine, state)}#${index}`;

const tablesOf = (shape: ShapeName): Machine[] =>
  TABLES.filter(({ name }) => name.startsWith(shape) || !SHAPES.some((other) => name.startsWith(other)));

function nameOf({ name }: Machine, state: string, rows: readonly Row[], row: Row, index: number): string {
  const alike = rows.filter(({ on, name: deadline }) => on === row.on && deadline === row.name);
  const place =
    alike.length > 1 ? ` #${rows.slice(0, index).filter((other) => alike.includes(other)).length + 1}` : '';
  const refuses = row.refuse ? ', refuses' : '';
  return `${name}.${state}: ${row.on}${row.name === undefined ? '' : ` ${row.name}`}${place}${refuses} (${row.cites})`;
}
