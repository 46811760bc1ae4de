import { until } from '@tercet/regtest';

/** Waits until a condition holds; throws after the deadline, naming what was awaited. */
export const untilTrue = async (
  what: string,
  condition: () => Promise<boolean>,
  options?: { deadlineMs?: number; everyMs?: number },
): Promise<void> => {
  await until(what, async () => ((await condition()) ? true : undefined), options);
};
