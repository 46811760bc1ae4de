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

/** What JSON.stringify would drop or change without a word. The tag, because an object may come from another realm. */
const unwritable = (raw: unknown, inArray: boolean): string | undefined => {
  switch (typeof raw) {
    case 'number':
      return Number.isFinite(raw) ? undefined : `the number ${String(raw)}`;
    case 'undefined':
      return inArray ? 'undefined in a list' : undefined;
    case 'function':
    case 'symbol':
      return `a ${typeof raw}`;
    case 'object': {
      const tag = Object.prototype.toString.call(raw).slice(8, -1);
      return ['Object', 'Array', 'Null'].includes(tag) ? undefined : `an object of type ${tag}`;
    }
    default:
      return undefined;
  }
};

function replace(this: unknown, key: string, value: unknown): unknown {
  // Not `value`: toJSON was called on that one.
  const raw = (this as Record<string, unknown>)[key];
  const fault = unwritable(raw, Array.isArray(this));
  if (fault !== undefined) throw refuse(key, fault);
  if (typeof raw === 'bigint') return { [MARK]: raw.toString() };
  if (isMarked(raw)) throw refuse(key, `an object with a property "${MARK}", the mark of a bigint`);
  return value;
}

const revive = (_key: string, value: unknown): unknown =>
  isMarked(value) ? BigInt(value[MARK] as string) : value;

/** @throws JOURNAL_NOT_JSON for what the text couldn't give back. */
export const encodeJson = (value: Json): string => {
  const text = JSON.stringify(value, replace) as string | undefined;
  if (text === undefined) throw refuse('', 'undefined');
  return text;
};

/** The value that `encodeJson` was given. */
export const decodeJson = (text: string): Json =>
  JSON.parse(text, text.includes(MARK_IN_TEXT) ? revive : undefined) as Json;
