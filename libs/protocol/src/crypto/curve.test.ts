import { afterEach, expect, test } from '@jest/globals';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { replaceCurve, type Curve } from './curve.js';
import { publicKeyOf, sharedX, sign, verify } from './schnorr.js';

const secret = utf8ToBytes('a secret key of thirty-two bytes');
const hash = '11'.repeat(32);
const STAND_IN: Curve = {
  publicKeyOf: () => 'ab'.repeat(32),
  sign: (signed) => signed + 'ab'.repeat(32),
  verify: (signed, key, signature) => signature === signed + key,
  sharedX: () => new Uint8Array(32),
};
let restore: () => void = () => undefined;

afterEach(() => restore());

test('S31 what a stand-in signed is no signature on the curve, and the other way round', () => {
  const real = { key: publicKeyOf(secret), signature: sign(hash, secret) };
  expect(verify(hash, real.key, real.signature)).toBe(true);
  restore = replaceCurve(STAND_IN);
  const fake = { key: publicKeyOf(secret), signature: sign(hash, secret) };
  expect(verify(hash, fake.key, fake.signature)).toBe(true);
  expect(verify(hash, real.key, real.signature)).toBe(false);
  restore();
  expect(verify(hash, fake.key, fake.signature)).toBe(false);
  expect(verify(hash, real.key, real.signature)).toBe(true);
  expect(publicKeyOf(secret)).toBe(real.key);
});

test('BAD_KEY where a curve knows no shared point', () => {
  restore = replaceCurve({ ...STAND_IN, sharedX: () => null });
  expect(() => sharedX(secret, publicKeyOf(secret))).toThrow(/on no point of the curve/);
});
