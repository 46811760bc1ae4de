/** One trade per shape and direction, every millisatoshi accounted for: the same on processes and in containers. */
import { jest } from '@jest/globals';
import { select } from '../demo/plan.js';
import { runTrade } from '../demo/run-trade.js';
import { openTheatre, type Theatre } from '../stage/theatre.js';

let theatre: Theatre | undefined;
jest.setTimeout(120_000);
beforeAll(async () => {
  theatre = await openTheatre((line) => process.stdout.write(`${line}\n`));
}, 240_000);
afterAll(() => theatre?.close(), 120_000);

test.each(select(undefined))('$engine / $shape / $direction', async (plan) => {
  if (!theatre) throw new Error('the theatre is not open');
  const result = await runTrade(theatre.stage, plan, () => undefined);
  expect(result.faults).toEqual([]);
  expect(result.outcome).toBe('released');
});
