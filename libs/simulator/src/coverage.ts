/** Which states and rows of the tables were taken, by shape: what no schedule reaches is tested by none. */
import type { Change } from '@tercet/daemon';
import { partyOf, TABLES, type Machine, type MachineName, type Row, type ShapeName } from '@tercet/protocol';

type Counts = Map<string, number>;

export class Coverage {
  private readonly rows = new Map<ShapeName, Map<Row, Counts>>();

  enter(shape: ShapeName, { trade, path, rows }: Change): void {
    const party = partyOf(trade.state.data);
    path.forEach((text, index) => {
      const [machine = '', rest = ''] = text.split('.', 2);
      const row = rows[index];
      if (row) this.count(shape, party[machine as MachineName], rest.slice(0, rest.indexOf(':')), row);
    });
  }

  private count(shape: ShapeName, { name }: Machine, state: string, row: Row): void {
    const byRow = this.rows.get(shape) ?? new Map<Row, Counts>();
    this.rows.set(shape, byRow);
    const counts = byRow.get(row) ?? new Map<string, number>();
    byRow.set(row, counts);
    const key = `${name}.${state}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }

  /** Adds what another run has counted. */
  merge(entries: readonly CoveredRow[]): void {
    for (const { shape, table, state, index, times } of entries) {
      const machine = TABLES.find(({ name }) => name === table);
      const row = machine?.states[state]?.rows[index];
      for (let time = 0; machine && row && time < times; time += 1) this.count(shape, machine, state, row);
    }
  }

  times(shape: ShapeName, table: Machine, state: string, row: Row): number {
    return this.rows.get(shape)?.get(row)?.get(`${table.name}.${state}`) ?? 0;
  }
}

interface CoveredRow {
  shape: ShapeName;
  table: string;
  state: string;
  index: number;
  times: number;
}
