import fc from 'fast-check';
import { grouped, parseSat, showMsat } from './amount.js';

describe('amounts are sat, the remainder msat', () => {
  test.each([
    [0n, '0 sat'],
    [1n, '1 msat'],
    [999n, '999 msat'],
    [1_000n, '1 sat'],
    [100_000_000n, '100 000 sat'],
    [100_500_250n, '100 500 sat 250 msat'],
    [-1_500n, '-1 sat 500 msat'],
    [2_100_000_000_000_000_000n, '2 100 000 000 000 000 sat'],
  ])('%s msat is %s', (amount, text) => expect(showMsat(amount)).toBe(text));

  test('whatever the amount, its digits are all there', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (amount) => {
        const [, sats = '0', rest = '0'] =
          /^(?:([\d ]+) sat)? ?(?:(\d+) msat)?$/.exec(showMsat(amount)) ?? [];
        return BigInt(sats.replaceAll(' ', '')) * 1000n + BigInt(rest) === amount;
      }),
    );
  });
});

describe('amounts as people type them', () => {
  test('what is shown can be typed', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2_100_000_000_000_000n }), (sats) => {
        expect(parseSat(grouped(sats))).toBe(sats * 1000n);
      }),
    );
  });

  test.each(['', '0', '-5', '1.5', '1e6', '0x10', '1,000', '100k', '_1', '1__0', '9999999999999999'])(
    '%j is refused',
    (text) => expect(() => parseSat(text)).toThrow('is not an amount of sat'),
  );
});
