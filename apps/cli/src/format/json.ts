const replace = (_key: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return value;
};

/** JSON escapes the first 32 control characters itself; a terminal obeys these as well. */
const STEERING = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** One JSON document on one line: amounts and times (64 bits) as decimal strings, bytes as hex. */
export const toJson = (value: unknown): string =>
  JSON.stringify(value, replace).replace(
    STEERING,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
