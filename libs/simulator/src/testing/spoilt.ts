/** Healthy trades, each spoilt in one way, and the statement that must be seen to speak. Test code only. */
import { describe, expect, test } from '@jest/globals';
import type { ShapeName } from '@tercet/protocol';
import type { Invariant } from '../invariants/invariant.js';
import { Tampered } from './tampered.js';

/** One way to spoil a healthy trade. */
export interface SpoiltCase {
  number: string;
  how: string;
  shape: ShapeName;
  /** 2: with another trade beside it. */
  trades?: 1 | 2;
  at: (trade: Tampered) => boolean;
  spoil: (trade: Tampered) => string[] | Promise<string[]>;
}

/** Tests of one group of statements: each case is reported by its number, and there are as many cases of it as statements. */
export function testThatEachSpeaks(
  invariants: readonly Pick<Invariant, 'number'>[],
  cases: readonly SpoiltCase[],
): void {
  describe.each(cases)('$number $how', ({ number, shape, trades, at, spoil }) => {
    test(`is reported, ${shape}`, async () => {
      expect(await spoil(await Tampered.at(shape, at, trades))).toContain(number);
    });
  });

  test('every invariant has a case here that breaks it', () => {
    const count = (numbers: readonly { number: string }[], number: string) =>
      numbers.filter((one) => one.number === number).length;
    const without = invariants.filter(({ number }) => count(cases, number) < count(invariants, number));
    expect(without).toEqual([]);
  });
}
