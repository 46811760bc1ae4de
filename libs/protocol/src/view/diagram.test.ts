import { expect, test } from '@jest/globals';
import { TABLES } from '../parties.js';
import { mermaid } from './diagram.js';
import { trustOf } from './trust.js';

test.each(TABLES.map((table) => [table.name, table] as const))(
  'the diagram of %s shows every state and every row with what it keeps',
  (_, table) => {
    const drawn = mermaid(table);
    const rows = Object.entries(table.states).flatMap(([from, spec]) =>
      spec.rows.map((row) => [from, row] as const),
    );
    expect(drawn.split('\n').filter((line) => /^ {2}\w+ --> \w+: /.test(line))).toHaveLength(rows.length);
    for (const [from, row] of rows) expect(drawn).toContain(`  ${from} --> ${row.to ?? from}: `);
    for (const [name, spec] of Object.entries(table.states)) {
      expect(drawn.includes(`  ${name} --> [*]`)).toBe(spec.at === 'end');
    }
  },
);

test('S32: each shape says who could take the sats and how it would be proved', () => {
  expect(trustOf('AGENT_HELD').couldTakeTheSats).toContain('The agent could take');
  expect(trustOf('PEER_HELD').proof).toContain('preimage');
});
