import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { networkOf, Rate } from './rates.js';

const MINUTE_MS = 60_000;

describe('S37 a rate', () => {
  test('never lets through more than twice its share within any minute, whatever comes when', () => {
    const arrivals = fc.array(fc.nat({ max: 20_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), arrivals, (perMinute, gapsMs) => {
        let nowMs = 0;
        const rate = new Rate(perMinute, () => nowMs);
        const passed: number[] = [];
        for (const gap of gapsMs) {
          nowMs += gap;
          if (rate.take('one')) passed.push(nowMs);
        }
        return passed.every(
          (from) => passed.filter((at) => at >= from && at < from + MINUTE_MS).length <= 2 * perMinute,
        );
      }),
    );
  });

  test('a sender that keeps within its share is never refused', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), (perMinute) => {
        let nowMs = 0;
        const rate = new Rate(perMinute, () => nowMs);
        return Array.from({ length: 100 }).every(() => {
          nowMs += Math.ceil(MINUTE_MS / perMinute);
          return rate.take('one');
        });
      }),
    );
  });

  test('a clock that jumps back blocks nobody for longer than a minute of the new time', () => {
    let nowMs = 86_400_000;
    const rate = new Rate(1, () => nowMs);
    expect([rate.take('one'), rate.take('one')]).toEqual([true, false]);
    nowMs = 0;
    expect(rate.take('one')).toBe(false);
    nowMs = MINUTE_MS;
    expect(rate.take('one')).toBe(true);
  });
});

test.each([
  ['203.0.113.7:5000', '203.0.113.7'],
  ['::ffff:203.0.113.7:5000', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6:5000', '2001:db8:1:2::/64'],
  ['[2001:0db8:1:2::9]:5000', '2001:db8:1:2::/64'],
  ['[2001:db8::9]:5000', '2001:db8:0:0::/64'],
  ['::1:5000', '0:0:0:0::/64'],
  ['[fe80::1%eth0]:5000', 'fe80:0:0:0::/64'],
])('S37 %s counts against %s', (peer, network) => {
  expect(networkOf(peer)).toBe(network);
});
