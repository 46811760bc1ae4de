/**
 * Inputs grown from valid ones, so that most of a decoder is reached before the input is wrong: leaves of another type or
 * size, keys dropped, doubled, added (those of prototypes too), deep nesting, and characters or bytes flipped, inserted,
 * dropped, doubled, cut. Test code only.
 */
import fc from 'fast-check';

const DEEP = 300;
const deep = (open: unknown, wrap: (inner: unknown) => unknown): unknown => {
  let value = open;
  for (let depth = 0; depth < DEEP; depth += 1) value = wrap(value);
  return value;
};

/** Values that a field of any type may meet. */
const LEAVES: readonly unknown[] = [
  ...[null, true, false, 0, -0, -1, 1, 0.5, 1e308, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 53 - 1, 500_000_001],
  ...['', ' ', '0', '-0', '-1', '00', '01', '1.0', '1e3', '0x10', '9'.repeat(40), '2100000000000000001'],
  ...['__proto__', 'constructor', 'ab'.repeat(32), 'AB'.repeat(32), `02${'ab'.repeat(32)}`, 'ab'.repeat(64)],
  ...[
    '\u0000',
    '\ud800',
    '\u202e\u2066',
    '𝔘𝔫𝔦',
    'é',
    'e\u0301',
    '\uffff',
    '\u001b[31m',
    'x'.repeat(301),
    'x'.repeat(2_000),
  ],
  ...['lnbcrt1', `lnbc${'q'.repeat(5_000)}`, 'localhost:99999', 'a:1', '::1', '\n', 'true', 'null', '[]'],
  ...[[], {}, [[]], [null], { type: 'release' }, { $bigint: '1' }],
];
const DEEP_LEAVES = [deep([], (inner) => [inner]), deep({}, (inner) => ({ a: inner }))];
const KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toJSON',
  'then',
  'type',
  'version',
  '',
  '0',
  'é',
  '$bigint',
];

interface Change {
  at: number;
  how: number;
  pick: number;
}
const changes = (most: number): fc.Arbitrary<Change[]> =>
  fc.array(fc.record({ at: fc.nat(), how: fc.nat(99), pick: fc.nat() }), { maxLength: most });

const asText = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? one.toString() : one));

type Holder = Record<string, unknown> | unknown[];
type Slot = [holder: Holder, key: string];

/** A JSON value with up to four changes somewhere in it. */
export const mutatedJson = (valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.tuple(valid, changes(4)).map(([value, plan]) => {
    const root: Holder = [structuredClone(value)];
    for (const change of plan) changeOnce(root, change);
    return root[0];
  });

function changeOnce(root: Holder, { at, how, pick }: Change): void {
  const slots = slotsOf(root);
  const [holder, key] = slots[at % slots.length] ?? [root, '0'];
  const value = read(holder, key);
  const other = slots[pick % slots.length];
  if (how < 40) write(holder, key, structuredClone(LEAVES[pick % LEAVES.length]));
  else if (how < 55 && holder !== root) drop(holder, key);
  else if (how < 65)
    write(holder, Array.isArray(holder) ? key : (KEYS[pick % KEYS.length] ?? ''), structuredClone(value));
  else if (how < 75 && Array.isArray(value)) write(holder, key, value.concat(value.slice(0, 20)));
  else if (how < 80) write(holder, key, structuredClone(DEEP_LEAVES[pick % DEEP_LEAVES.length]));
  else if (how < 88 && other) write(holder, key, structuredClone(read(...other)));
  else if (typeof value === 'string') write(holder, key, changeText(value, { at: pick, how, pick: at }));
  else write(holder, key, typeof value === 'number' ? value + 1 : asText(value));
}

function slotsOf(holder: Holder, found: Slot[] = []): Slot[] {
  for (const key of Object.keys(holder)) {
    found.push([holder, key]);
    const value = read(holder, key);
    if (typeof value === 'object' && value !== null) slotsOf(value as Holder, found);
  }
  return found;
}
const read = (holder: Holder, key: string): unknown => Object.getOwnPropertyDescriptor(holder, key)?.value;
/** Defined, not assigned: `__proto__` becomes a key of its own, as JSON.parse makes it. */
const write = (holder: Holder, key: string, value: unknown): void =>
  void Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
function drop(holder: Holder, key: string): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else Reflect.deleteProperty(holder, key);
}

/** A text with up to `most` changes. */
export const mutatedText = (valid: fc.Arbitrary<string>, most = 3): fc.Arbitrary<string> =>
  fc.tuple(valid, changes(most)).map(([text, plan]) => plan.reduce(changeText, text));

/** What is put into a text: signs that mean something to one of the formats, and numbers that JSON can write and a double can't hold. */
const PIECES = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  ' ',
  '\t',
  '\n',
  '\u0000',
  '\ufeff',
  '-',
  '.',
  'e9',
  '1e999',
  '=',
  '%',
  '\ud800',
  '𝔘',
  ',"__proto__":{"x":1}',
];

/** Beyond every limit, and as deep as it is long. Rare: it is slow to make. */
const LONG = '['.repeat(70_000);

function changeText(text: string, { at, how, pick }: Change): string {
  const index = text.length === 0 ? 0 : at % text.length;
  const [head, tail] = [text.slice(0, index), text.slice(index)];
  const piece = pick % 200 === 0 ? LONG : (PIECES[pick % PIECES.length] ?? '');
  switch (how % 6) {
    case 0:
      return head + String.fromCharCode((tail.charCodeAt(0) || 32) ^ (1 << (pick % 7))) + tail.slice(1);
    case 1:
      return head + piece + tail;
    case 2:
      return head + tail.slice(1 + (pick % 4));
    case 3:
      return head + tail.slice(0, 1 + (pick % 60)) + tail;
    case 4:
      return head;
    default:
      return tail + head;
  }
}

/** Bytes with up to `most` changes. */
export const mutatedBytes = (valid: fc.Arbitrary<Uint8Array>, most = 4): fc.Arbitrary<Uint8Array> =>
  fc.tuple(valid, changes(most)).map(([bytes, plan]) => plan.reduce(changeBytes, bytes));

/** Varints, lengths and tags of protobuf that promise more than there is. */
const FRAGMENTS = [
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  Array<number>(10).fill(0xff),
  [0x0a, 0xff, 0xff, 0x03],
  [0x0b],
  [0x0c],
  [0x80],
  [0x00],
  [0xc3, 0x28],
];

function changeBytes(bytes: Uint8Array, { at, how, pick }: Change): Uint8Array {
  const index = bytes.length === 0 ? 0 : at % bytes.length;
  const [head, tail] = [bytes.subarray(0, index), bytes.subarray(index)];
  const join = (...parts: ArrayLike<number>[]) => Uint8Array.from(parts.flatMap((part) => Array.from(part)));
  switch (how % 5) {
    case 0:
      return join(head, [(tail[0] ?? 0) ^ (1 << (pick % 8))], tail.subarray(1));
    case 1:
      return join(head, FRAGMENTS[pick % FRAGMENTS.length] ?? [], tail);
    case 2:
      return join(head, tail.subarray(1 + (pick % 4)));
    case 3:
      return join(head, tail.subarray(0, 1 + (pick % 60)), tail);
    default:
      return head;
  }
}
