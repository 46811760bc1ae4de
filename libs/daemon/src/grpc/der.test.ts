import { describe, expect, it } from '@jest/globals';
import * as der from './der.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('DER (X.690)', () => {
  it.each([
    ['0', Buffer.from([0]), '020100'],
    ['127', Buffer.from([0x7f]), '02017f'],
    ['128 gets a leading zero', Buffer.from([0x80]), '02020080'],
    ['leading zeros go', Buffer.from([0, 0, 1]), '020101'],
  ])('integer %s', (_, bytes, expected) => expect(hex(der.integer(bytes))).toBe(expected));

  it.each([
    ['1.2.840.113549', '06062a864886f70d'],
    ['2.5.29.17', '0603551d11'],
    ['1.2.840.10045.4.3.2', '06082a8648ce3d040302'],
  ])('object identifier %s', (dotted, expected) => expect(hex(der.oid(dotted))).toBe(expected));

  it.each([
    [127, '047f'],
    [128, '048180'],
    [255, '0481ff'],
    [256, '04820100'],
  ])('length %d', (length, expected) =>
    expect(hex(der.octets(new Uint8Array(length))).slice(0, expected.length)).toBe(expected),
  );

  it.each([
    ['2049-12-31T23:59:59.000Z', '170d3439313233313233353935395a'],
    ['2050-01-01T00:00:00.000Z', '180f32303530303130313030303030305a'],
  ])('time %s', (at, expected) => expect(hex(der.time(new Date(at)))).toBe(expected));
});
