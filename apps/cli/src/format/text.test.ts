import fc from 'fast-check';
import { digitsFor, oneOf, typedId } from './ids.js';
import { toJson } from './json.js';
import { plain, plainLines } from './plain.js';
import { fields, table, wrap } from './table.js';
import { showMinutes, showTime } from './time.js';

test('a table is aligned, numbers to the right, nothing behind the last cell', () => {
  expect(
    table(
      ['id', 'sat', 'what'],
      [
        ['a', '1', 'x'],
        ['bcd', '1 000', ''],
      ],
      [1],
    ),
  ).toBe(['id     sat  what', 'a        1  x', 'bcd  1 000'].join('\n'));
});

test('fields are aligned, wrapped under themselves, and left out when empty', () => {
  expect(
    fields(
      [
        ['one', 'some words to wrap'],
        ['empty', ''],
        ['seven', 'x'],
      ],
      20,
    ),
  ).toEqual(['  one    some words', '         to wrap', '  seven  x']);
});

test('wrapping loses no word', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }),
      fc.integer({ min: 10, max: 60 }),
      (words, width) => {
        const lines = wrap(words.join(' '), width, 2);
        expect(lines.map((line) => line.trim()).join(' ')).toBe(words.join(' '));
        expect(lines.every((line) => line.length <= width || !line.trim().includes(' '))).toBe(true);
      },
    ),
  );
});

describe('what others wrote steers no terminal', () => {
  test('in a page', () => {
    expect(plain('a\u001b[31mb\u202ec\u0007')).toBe('a [31mb c');
    expect(plainLines('\n Alice\r\nDE\u009b2J\n\n')).toEqual([' Alice', 'DE 2J']);
  });

  test('in JSON, which keeps every character', () => {
    const text = toJson({ a: 'x\u009b\u202e\u001b', b: 10n ** 18n, c: new Uint8Array([1, 255]) });
    expect(text).toBe('{"a":"x\\u009b\\u202e\\u001b","b":"1000000000000000000","c":"01ff"}');
    expect(JSON.parse(text)).toEqual({ a: 'x\u009b\u202e\u001b', b: '1000000000000000000', c: '01ff' });
  });
});

describe('ids', () => {
  test('as many digits as tell them apart, at least 8', () => {
    expect(digitsFor([])).toBe(8);
    expect(digitsFor(['ab'.repeat(32), 'cd'.repeat(32)])).toBe(8);
    expect(digitsFor([`${'0'.repeat(10)}${'1'.repeat(54)}`, `${'0'.repeat(10)}${'2'.repeat(54)}`])).toBe(11);
    expect(digitsFor(['ab'.repeat(32), 'ab'.repeat(32)])).toBe(8);
  });

  test('by their first digits', () => {
    expect(oneOf(['abc1', 'abd2'], 'abc')).toBe('abc1');
    expect(() => oneOf(['abc1', 'abd2'], 'ab')).toThrow('2 offers begin with ab');
    expect(() => oneOf([], 'ab')).toThrow('There is no offer ab');
    expect(typedId(' AB12 ')).toBe('ab12');
    expect(() => typedId('xyz')).toThrow('is not an id');
  });
});

test('times', () => {
  expect(showTime(1_790_000_000_000n)).toBe('2026-09-21 14:13 UTC');
  expect(showTime(2n ** 64n - 1n)).toBe('-');
  expect([10, 90, 180, 2880].map(showMinutes)).toEqual(['10 min', '90 min', '3 h', '2 days']);
});
