import { describe, expect, test } from '@jest/globals';
import { height, unixMs } from '@tercet/protocol';
import { hasCome, isReached, isWithin } from './clock.js';

const NOW = 1_700_000_000_000;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('S15 heights by the tip, times by the clock', () => {
  const now = { height: height(1000), timeMs: unixMs(NOW) };
  test.each([
    ['a height that the tip has', { height: height(1000) }, true],
    ['one block ahead', { height: height(1001) }, false],
    ['a time that has come', { timeMs: NOW }, true],
    ['a millisecond ahead', { timeMs: NOW + 1 }, false],
    ['within what it was ever set ahead', { timeMs: NOW + MINUTE, withinMs: MINUTE }, false],
    ['further ahead: the clock was set back', { timeMs: NOW + MINUTE + 1, withinMs: MINUTE }, true],
    ['a day ahead, and nothing says how far it may be', { timeMs: NOW + DAY }, false],
  ])('%s', (_, at, reached) => expect(isReached(at, now)).toBe(reached));
});

describe('S37 a clock that was set back puts nothing off and forgets what it should', () => {
  test.each([
    ['due', NOW, true],
    ['soon', NOW + MINUTE, false],
    ['a day ahead', NOW + DAY, true],
  ])('%s', (_, dueMs, come) => expect(hasCome(dueMs, NOW, 3 * MINUTE)).toBe(come));

  test.each([
    ['a minute ago', NOW - MINUTE, true],
    ['an hour ago', NOW - 60 * MINUTE, false],
    ['written just before the clock went back by a minute', NOW + MINUTE, true],
    ['by a day', NOW + DAY, false],
  ])('%s', (_, atMs, within) => expect(isWithin(atMs, NOW, 60 * MINUTE)).toBe(within));
});
