import { hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { deriveKey } from './derive.js';

const seed = Uint8Array.from({ length: 64 }, (_, n) => n);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('keys from the seed', () => {
  // Pinned: a change would lock every daemon out of its database and lose what its keys guard.
  it.each<[string, [string, ...string[]]]>([
    ['fac1d99fc69ac2b53099adcf77abbd97e3329167e897d4ed10215cf0d03d64c3', ['journal']],
    ['53ce925919a3d0c3e97688cf394b2d6eb95bdfcde351a9986b79801dd60ac8bb', ['a', 'bc']],
    ['9bbc555f0e983b87e0b7285e9ad8fba2a5939dbdc5076f7906e6eb0a28e9a797', ['ab', 'c']],
    ['4d4acb145517ab1decb0cd26d40a59461b1aea1fcc1fb007505910daadd79174', ['preimage', 'trade', '7']],
    ['413ce5de59c37e1308bcfc7f075220682d5ebdf0195535d634c6a4e47a1d55d3', ['']],
  ])('%s', (expected, labels) => {
    expect(hex(deriveKey(seed, ...labels))).toBe(expected);
  });

  it("is RFC 5869's HKDF with length-prefixed labels", () => {
    const info = Buffer.from('0001610002c3a9', 'hex');
    const expected = new Uint8Array(hkdfSync('sha256', seed, 'tercet/seed/1', info, 32));
    expect(hex(deriveKey(seed, 'a', 'é'))).toBe(hex(expected));
  });

  it('differs for different labels, however they are divided', () => {
    const labels = fc.tuple(fc.string(), fc.string(), fc.string());
    fc.assert(
      fc.property(labels, labels, (one, two) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(two));
        expect(hex(deriveKey(seed, ...one))).not.toBe(hex(deriveKey(seed, ...two)));
      }),
    );
    expect(hex(deriveKey(seed, 'a'))).not.toBe(hex(deriveKey(seed, 'a', '')));
  });

  it('refuses a label too long for its length', () => {
    expect(() => deriveKey(seed, 'x'.repeat(65_536))).toThrow('out of range');
  });
});
