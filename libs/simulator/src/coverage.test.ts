import { expect, test } from '@jest/globals';
import { allRows, Coverage } from './coverage.js';
import { NOT_HERE } from './not-here.js';

test('what is said to be out of reach are rows that there are, each by a name of its own', () => {
  const names = allRows().map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(Object.keys(NOT_HERE).filter((name) => !names.includes(name))).toEqual([]);
});

test('before anything ran every row is named, in reach or out of it', () => {
  const coverage = new Coverage();
  expect(coverage.neverTaken().length + coverage.notHere().length).toBe(allRows().length);
  expect(coverage.notHere().some(({ isTaken }) => isTaken)).toBe(false);
});
