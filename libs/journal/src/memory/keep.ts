/** What a journal in memory may keep of the values it is given: the values themselves, once nobody can change them. */
import { assertJson } from '../codec.js';
import type { Json } from '../port.js';

export type Keep = <Value extends Json>(value: Value) => Value;

/** As it is: whoever gave it must not change it any more. */
export const trust: Keep = (value) => value;

/**
 * Freezes it, at every depth. What is frozen was looked at before: a state shares most of its parts with the one before it,
 * and nobody else freezes what a journal is given. @throws JOURNAL_NOT_JSON for what no journal could give back.
 */
export const keep: Keep = (value) => {
  freeze('', value);
  return value;
};

function freeze(key: string, value: unknown): void {
  if (typeof value === 'string' || value === null) return;
  if (typeof value !== 'object') {
    assertJson(key, value);
    return;
  }
  if (Object.isFrozen(value)) return;
  assertJson(key, value);
  const holder = value as Record<string, unknown>;
  for (const name of Object.keys(holder)) {
    const part = holder[name];
    if (part !== undefined) freeze(name, part);
  }
  Object.freeze(value);
}
