/** State diagrams are drawn from the tables, so that the documents can't drift from what runs (safety.md). */
import type { Machine, Row } from '../machine/table.js';

const label = (row: Row): string => {
  const what = row.on === 'due' ? `${row.name ?? ''} reached` : row.on;
  const guarded = row.when.length > 0 ? ' [if it fits]' : '';
  const outcome = row.refuse ? ` / refused ${row.refuse.code}` : '';
  return `${what}${guarded}${outcome} (${row.cites})`;
};

/** A mermaid `stateDiagram-v2` of a table: one arrow a row, with what the row keeps; ends lead to the final dot. */
export function mermaid(m: Machine): string {
  const lines = ['stateDiagram-v2', `  [*] --> ${m.initial}`];
  for (const [from, spec] of Object.entries(m.states)) {
    for (const row of spec.rows) lines.push(`  ${from} --> ${row.to ?? from}: ${label(row)}`);
    if (spec.at === 'end') lines.push(`  ${from} --> [*]`);
  }
  return `${lines.join('\n')}\n`;
}
