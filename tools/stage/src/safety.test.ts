import { describe, expect, test } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/**
 * Every rule of safety.md is held by a test that names its number, or belongs to work that is still to come. Which test
 * holds which rule is read from the titles themselves, so that it can't drift.
 */
type Mark = 'bonds' | 'nostr' | 'inscription' | 'goods';
const LAST = 62;
const RULES = Array.from({ length: LAST }, (_, index) => `S${String(index + 1)}`);

/** Rules of which nothing exists yet, by what brings them. Disputes come with bonds. */
const STILL_TO_COME: Record<string, Mark> = {
  S11: 'bonds',
  S17: 'inscription',
  S18: 'inscription',
  S29: 'nostr',
  S39: 'inscription',
  S40: 'inscription',
  S41: 'inscription',
  S42: 'inscription',
  S43: 'inscription',
  S44: 'inscription',
  S46: 'inscription',
  S51: 'nostr',
  S53: 'bonds',
  S57: 'bonds',
  S62: 'bonds',
};

const root = join(import.meta.dirname, '../../..');

/** Tests, and the contracts under testing/ that several of them run. */
const TEST_FILES = ['{libs,apps,tools}/*/src/**/*.test.ts', '{libs,apps,tools}/*/src/**/testing/**/*.ts'];

/** `describe`, `test` and `it`, with or without `.each(table)`. */
const isTestCall = (callee: ts.Expression): boolean => {
  if (ts.isIdentifier(callee)) return ['describe', 'test', 'it'].includes(callee.text);
  if (ts.isPropertyAccessExpression(callee))
    return callee.name.text === 'each' && isTestCall(callee.expression);
  return ts.isCallExpression(callee) && isTestCall(callee.expression);
};

/** The words of a title, whatever stands in its `${}`. */
const wordsOf = (title: ts.Expression | undefined): string => {
  if (title === undefined) return '';
  if (ts.isStringLiteralLike(title)) return title.text;
  if (!ts.isTemplateExpression(title)) return '';
  return title.head.text + title.templateSpans.map(({ literal }) => literal.text).join(' ');
};

function titlesIn(path: string, text: string): string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTestCall(node.expression)) titles.push(wordsOf(node.arguments[0]));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  return titles;
}

interface Title {
  path: string;
  title: string;
}
const numbersIn = (title: string): string[] => title.match(/\bS\d+\b/g) ?? [];

/** Each rule with the titles that name it. */
const tableOf = (titles: readonly Title[]): Map<string, Title[]> =>
  new Map(RULES.map((rule) => [rule, titles.filter(({ title }) => numbersIn(title).includes(rule))]));

/** What is wrong with one rule of the list; undefined = nothing. */
function faultOf(tests: readonly Title[], mark: string | undefined): string | undefined {
  const [first] = tests;
  if (!first) return mark === undefined ? 'has neither a test nor a mark' : undefined;
  return mark === undefined
    ? undefined
    : `is marked "${mark}" and tested in ${first.path}: take the mark away`;
}

/** Numbers that are named, by a title or a mark, and that safety.md doesn't have. */
const madeUp = (titles: readonly Title[], marks: object): string[] =>
  [...titles.flatMap(({ title }) => numbersIn(title)), ...Object.keys(marks)].filter(
    (number) => !RULES.includes(number),
  );

const titles = globSync(TEST_FILES, { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] })
  .sort()
  .flatMap((path) =>
    titlesIn(path, readFileSync(join(root, path), 'utf8')).map((title) => ({ path, title })),
  );

describe('every safety rule is held by a test that names it, or is still to come', () => {
  test.each([...tableOf(titles)])('%s', (rule, tests) => {
    expect(faultOf(tests, STILL_TO_COME[rule])).toBeUndefined();
  });

  test('no number is made up', () => {
    expect(madeUp(titles, STILL_TO_COME)).toEqual([]);
  });
});

describe('how the rules are looked for', () => {
  const source = `
    describe('S1 one', () => { test("S2: two", f); it(\`S3 \${x} S4\`, f); });
    test.each([['S5 not in a title']])('S6: %s', f);
    describe.each(TABLE)('S7', f);
    notATest('S8');
    expect('S9').toBe(test.name);`;
  test('in titles, with or without a table, and nowhere else', () => {
    const found = titlesIn('some.test.ts', source).flatMap(numbersIn);
    expect(found.sort()).toEqual(['S1', 'S2', 'S3', 'S4', 'S6', 'S7']);
  });

  const title = { path: 'some.test.ts', title: 'S1 and S2' };
  test.each<[string, Title[], string | undefined, string | undefined]>([
    ['a test', [title], undefined, undefined],
    ['a mark', [], 'bonds', undefined],
    ['neither', [], undefined, 'has neither a test nor a mark'],
    ['both', [title], 'goods', 'is marked "goods" and tested in some.test.ts: take the mark away'],
  ])('%s', (_, tests, mark, fault) => {
    expect(faultOf(tests, mark)).toBe(fault);
  });

  test('a title counts for each number in it, and not for one that only begins like it', () => {
    const table = tableOf([title, { path: 'other.test.ts', title: 'S12 holds' }]);
    expect(['S1', 'S2', 'S3', 'S12'].map((rule) => table.get(rule)?.length)).toEqual([1, 1, 0, 1]);
  });

  test('numbers that safety.md does not have are found in titles and in marks', () => {
    expect(madeUp([{ ...title, title: 'S0, S62 and S63' }], { S99: 'bonds' })).toEqual(['S0', 'S63', 'S99']);
  });
});
