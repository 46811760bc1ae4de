import { expect, test } from '@jest/globals';
import { readOptions } from './options.js';

const read = (text: string) => readOptions(text.split(' ').filter(Boolean), () => 42);
const codeOf = (text: string): string => {
  try {
    read(text);
    return 'read';
  } catch (error) {
    return `${(error as { code: string }).code} ${(error as Error).message}`;
  }
};

test('many schedules, of drawn seeds or from one on', () => {
  expect(read('')).toMatchObject({ schedules: undefined, seed: 42, systematic: false, single: undefined });
  expect(read('--schedules 5 --seed 7 --shape PEER_HELD')).toMatchObject({
    schedules: 5,
    seed: 7,
    shape: 'PEER_HELD',
    single: undefined,
  });
  expect(read('--schedules 5 --trades 2')).toMatchObject({ schedules: 5, trades: 2, single: undefined });
  expect(read('--systematic --seed 7')).toMatchObject({ systematic: true, seed: 7, single: undefined });
  expect(read('--help')).toBeUndefined();
});

test('one schedule again, as the line says that a failure prints', () => {
  expect(read('--seed 81733 --engine fiat --shape PEER_HELD')?.single).toEqual({});
  const single = read('--seed 1 --faults 3,17 --calm-after 9 --death maker:2:before:5')?.single;
  expect(single).toEqual({
    only: new Set([3, 17]),
    calmAfter: 9,
    death: { role: 'maker', at: { commit: 2, when: 'before', awayMs: 5 } },
  });
  expect(read('--seed 1 --faults none')?.single?.only).toEqual(new Set());
});

test.each([
  ['--schedule 5', /Unknown option '--schedule'/],
  ['--engine goods', /no engine "goods"/],
  ['--shape PAYER_KEYED', /no shape "PAYER_KEYED"/],
  ['--schedules many', /--schedules many is no whole number/],
  ['--seed -1', /--seed/],
  ['--trades 3', /one trade or two/],
  ['--seed 1 --death maker', /--death maker/],
  ['--schedules 5 --seed 1 --faults 3', /are of one schedule/],
])('%s is refused with words', (text, words) => {
  expect(codeOf(text)).toMatch(/^SIM_OPTIONS /);
  expect(codeOf(text)).toMatch(words);
});
