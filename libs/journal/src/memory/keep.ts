/** What a journal in memory may keep of the values it is given: the values themselves, once nobody can change them. */
import { assertJson } from '../codec.js';
import type { Json } from '../port.js';

/** Values that were looked at: a state shares most of its parts with the one before it. */
const kept = new WeakSet();

/** Freezes it, at every depth. @throws JOURNAL_NOT_JSON for what no journal could give back. */
export function keep<Value extends Json>(value: Value): Value {
  freeze('', value);
  return value;
}

function freeze(key: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    assertJson(key, value);
    return;
  }
  if (kept.has(value)) return;
  assertJson(key, value);
  for (const [name, part] of Object.entries(value)) if (part !== undefined) freeze(name, part);
  Object.freeze(value);
  kept.add(value);
}
