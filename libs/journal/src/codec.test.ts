import fc from 'fast-check';
import { decodeJson, encodeJson } from './codec.js';
import type { Json } from './port.js';

const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium' },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
    fc.bigInt(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('$bigint', '{"$bigint":"1"}', '"$bigint":', '\ud800', '1n'),
    fc.array(tie('value')),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('__proto__', 'toJSON', 'constructor', '$bigint ', '$$bigint')),
      tie('value'),
      { noNullPrototype: true },
    ),
  ),
})).value;

describe('json with bigint', () => {
  it('comes back as it was, whatever it is', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(decodeJson(encodeJson(value))).toEqual(value);
      }),
      { numRuns: 1000 },
    );
  });

  it('is plain JSON with one mark', () => {
    expect(encodeJson({ a: [1n, { b: -21_000_000_000_000_000_000n }], c: '1n' })).toBe(
      '{"a":[{"$bigint":"1"},{"b":{"$bigint":"-21000000000000000000"}}],"c":"1n"}',
    );
    expect(encodeJson({ a: undefined, b: 1 })).toBe('{"b":1}');
    expect(encodeJson(-0)).toBe('0');
  });

  it.each<[string, unknown]>([
    ['the mark itself', { $bigint: '5' }],
    ['the mark, deep', [{ a: { $bigint: null, b: 1 } }]],
    ['NaN', [Number.NaN]],
    ['Infinity', Infinity],
    ['undefined', undefined],
    ['undefined in a list', [undefined]],
    ['a date', { at: new Date(0) }],
    ['bytes', new Uint8Array(2)],
    ['a map', new Map()],
    ['a function', { f: () => 1 }],
    ['a symbol', [Symbol('s')]],
  ])('refuses %s', (_, value) => {
    expect(() => encodeJson(value as Json)).toThrow(
      expect.objectContaining({ code: 'JOURNAL_NOT_JSON' }) as Error,
    );
  });
});
