import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks `condition` again until it gives a value, and returns that.
 * Throws after `deadlineMs`, naming what was awaited and the last error that `condition` threw.
 */
export async function until<T>(
  what: string,
  condition: () => Promise<T | undefined>,
  { deadlineMs = 60_000, everyMs = 25 } = {},
): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    let last: unknown;
    try {
      const value = await condition();
      if (value !== undefined) return value;
    } catch (error) {
      if (error instanceof Fatal) throw error;
      last = error;
    }
    if (Date.now() > end) {
      throw new Error(`Waited ${String(deadlineMs / 1000)} s for ${what}, in vain`, { cause: last });
    }
    await pause(everyMs);
  }
}

/** An error that waiting can't heal, such as a process that ended. */
export class Fatal extends Error {}
