/**
 * The text form of a `Json` value: JSON, with a bigint written as `{"$bigint":"<decimal>"}`. What it can't give back
 * unchanged it refuses to write (undefined properties are left out, and -0 becomes 0, as in JSON itself).
 */
import { TercetError } from '@tercet/protocol';
import type { Json } from './port.js';

const MARK = '$bigint';
/** Only our own writer puts bytes there, and it never escapes `$`: a text without it holds no bigint. */
const MARK_IN_TEXT = `"${MARK}":`;

const refuse = (key: string, what: string): TercetError =>
  new TercetError('JOURNAL_NOT_JSON', `The journal can't store ${what} (at "${key}"). Nothing was written.`, {
    wayOut: 'This is a fault in the program: please report it with this message.',
  });

const isMarked = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, MARK);

/** Whose prototype is neither plain nor of another realm's plain objects is something else: a date, bytes, a map. */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    prototype === Object.prototype ||
    prototype === null ||
    Object.prototype.toString.call(value) === '[object Object]'
  );
};

const tagOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1);

/** The value as JSON.stringify can take it without dropping or changing anything: a replacer does that at twice the cost. */
const writable = (key: string, value: unknown): unknown => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      throw refuse(key, `the number ${String(value)}`);
    case 'bigint':
      return { [MARK]: value.toString() };
    case 'object':
      if (value === null) return null;
      if (Array.isArray(value)) return writableList(value);
      return writableObject(key, value);
    default:
      throw refuse(key, value === undefined ? 'undefined' : `a ${typeof value}`);
  }
};

const writableList = (value: readonly unknown[]): readonly unknown[] => {
  const copy = value.map((item, index) => writable(String(index), item));
  return copy.every((item, index) => item === value[index]) ? value : copy;
};

/** One value, without what is in it. @throws JOURNAL_NOT_JSON for what no store could give back unchanged. */
export const assertJson = (key: string, value: unknown): void => {
  if (typeof value !== 'object' || value === null) writable(key, value);
  else if (!Array.isArray(value)) assertPlain(key, value);
};

const assertPlain = (key: string, value: object): void => {
  if (!isPlain(value)) throw refuse(key, `an object of type ${tagOf(value)}`);
  if (isMarked(value)) throw refuse(key, `an object with a property "${MARK}", the mark of a bigint`);
};

/** The object itself where it holds no bigint: most do not, and JSON leaves out what is undefined by itself. */
const writableObject = (key: string, value: object): object => {
  assertPlain(key, value);
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[name];
    if (item === undefined) continue;
    const written = writable(name, item);
    if (written === item) continue;
    copy ??= { ...value };
    if (name === '__proto__') Object.defineProperty(copy, name, { value: written, enumerable: true });
    else copy[name] = written;
  }
  return copy ?? value;
};

/** Puts the bigints back, in place. */
const revived = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (isMarked(value)) return BigInt(value[MARK] as string);
  const holder = value as Record<string, unknown>;
  for (const [name, item] of Object.entries(holder)) {
    if (typeof item === 'object' && item !== null) holder[name] = revived(item);
  }
  return value;
};

/** @throws JOURNAL_NOT_JSON for what the text couldn't give back. */
export const encodeJson = (value: Json): string => JSON.stringify(writable('', value));

/** The value that `encodeJson` was given. */
export const decodeJson = (text: string): Json => {
  const value: unknown = JSON.parse(text);
  return (text.includes(MARK_IN_TEXT) ? revived(value) : value) as Json;
};
