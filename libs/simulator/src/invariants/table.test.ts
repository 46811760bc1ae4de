import { expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

test('every group of the table has a test beside it, which sees each of its statements speak', () => {
  const table = readFileSync(join(import.meta.dirname, 'table.ts'), 'utf8');
  const groups = [...table.matchAll(/import \{ [A-Z0-9]+ \} from '\.\/([\w-]+)\.js'/g)].map(
    ([, name]) => name,
  );
  expect(groups.length).toBeGreaterThan(5);
  const without = groups.filter((name) => !existsSync(join(import.meta.dirname, `${name ?? ''}.test.ts`)));
  expect(without).toEqual([]);
});
