import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { canonicalJson } from '../crypto/canonical.js';
import { performing } from '../testing/steps.js';
import type { Order } from './order.js';
import { order, orderIdOf, orderUri, readOrder } from './order.js';
import type { Terms } from './terms.js';
import { retainedHash, terms, termsHashOf } from './terms.js';

/** Pinned: a changed hash is a changed protocol, and old terms could no longer be checked. */
const vectors = z
  .object({
    terms: z.array(z.object({ document: z.unknown(), hash: z.string(), retained100: z.string() })),
    orders: z.array(z.object({ document: z.unknown(), id: z.string() })),
  })
  .parse(JSON.parse(readFileSync(new URL('./vectors.json', import.meta.url), 'utf8')));
const readTerms = (document: unknown): Terms => terms.decode(document as z.input<typeof terms>);
const readTheOrder = (document: unknown): Order => order.decode(document as z.input<typeof order>);

describe('hashes are pinned', () => {
  test.each(vectors.terms)('terms $hash', ({ document, hash, retained100 }) => {
    expect(termsHashOf(readTerms(document))).toBe(hash);
    expect(retainedHash(termsHashOf(readTerms(document)), 100)).toBe(retained100);
  });
  test.each(vectors.orders)('order $id', ({ document, id }) =>
    expect(orderIdOf(readTheOrder(document))).toBe(id),
  );
});

type Tree = Record<string, unknown>;
/** Paths of all leaves of a document. */
const leaves = (node: unknown, path: string[] = []): string[][] =>
  typeof node === 'object' && node !== null
    ? Object.entries(node).flatMap(([key, value]) => leaves(value, [...path, key]))
    : [path];
const changed = (node: unknown, [key = '', ...rest]: string[], salt: number): unknown => {
  if (Array.isArray(node))
    return (node as unknown[]).map((item, index) => (String(index) === key ? next(item, rest, salt) : item));
  return { ...(node as Tree), [key]: next((node as Tree)[key], rest, salt) };
};
const next = (value: unknown, rest: string[], salt: number): unknown => {
  if (rest.length > 0) return changed(value, rest, salt);
  if (typeof value === 'number') return value + 1 + salt;
  if (typeof value === 'string' && /^\d+$/.test(value)) return (BigInt(value) + 1n + BigInt(salt)).toString();
  return `${String(value)}${String(salt)}`;
};

test('S12: any field of the terms that changes, changes the hash (or is no terms any more)', () => {
  const document = z.encode(terms, performing('sell', 'AGENT_HELD').data('agent').terms as Terms);
  const before = termsHashOf(readTerms(document));
  const paths = leaves(document);
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.nat(5), (path, salt) => {
      const parsed = terms.safeDecode(changed(document, path, salt) as typeof document);
      expect(parsed.success && termsHashOf(parsed.data) === before).toBe(false);
    }),
  );
});

test('an order travels as a line of text, and a changed one is refused', () => {
  const signed = performing('sell', 'PEER_HELD').order;
  expect(readOrder(orderUri(signed))).toEqual(signed);
  const forged = { ...signed, order: { ...signed.order, nonce: '99'.repeat(16) } };
  expect(() => readOrder(orderUri(forged))).toThrow(expect.objectContaining({ code: 'ORDER_FORGED' }));
  expect(() => readOrder('tercet:order/!!')).toThrow(expect.objectContaining({ code: 'ORDER_UNREADABLE' }));
});

test('S25 half a character has no canonical text: the order is unreadable, and nothing breaks', () => {
  const text = JSON.stringify({ order: { method: { name: '\ud800' } } });
  expect(() => readOrder(text)).toThrow(expect.objectContaining({ code: 'ORDER_UNREADABLE' }));
  expect(() => canonicalJson({ name: '\ud800' })).toThrow(expect.objectContaining({ code: 'NOT_CANONICAL' }));
});
