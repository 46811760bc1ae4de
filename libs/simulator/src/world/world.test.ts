import { expect, test } from '@jest/globals';
import { Agenda } from './agenda.js';
import { Random } from './random.js';

test('the earliest happens first, and of two at one time the one that was entered first', () => {
  const agenda = new Agenda();
  const random = new Random(1);
  const times = Array.from({ length: 500 }, () => random.between(0, 50));
  times.forEach((atMs, index) => agenda.add({ atMs, name: String(index), run: () => undefined }));
  const taken = times.map(() => agenda.take()).map((one) => [one?.atMs ?? -1, Number(one?.name)] as const);
  const expected = times
    .map((atMs, index) => [atMs, index] as const)
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  expect(taken).toEqual(expected);
  expect(agenda.take()).toBeUndefined();
});

test('a seed gives the same numbers, spread evenly; its neighbour gives others', () => {
  const draw = (seed: number) => {
    const random = new Random(seed);
    return Array.from({ length: 10_000 }, () => random.next());
  };
  const numbers = draw(5);
  expect(draw(5)).toEqual(numbers);
  expect(draw(6).slice(0, 3)).not.toEqual(numbers.slice(0, 3));
  expect(draw(5 + 2 ** 32).slice(0, 3)).not.toEqual(numbers.slice(0, 3));
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
});
