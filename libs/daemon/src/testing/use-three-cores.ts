/** Three cores for each test of a file that asks for them, closed after it. Test code only. */
import { afterEach, expect } from '@jest/globals';
import type { ShapeName } from '@tercet/protocol';
import { PARTIES, ThreeCores } from './three-cores.js';

export function useThreeCores(): (side: 'sell' | 'buy', shape: ShapeName) => Promise<ThreeCores> {
  let stage: ThreeCores | undefined;
  afterEach(async () => {
    await stage?.close();
    stage = undefined;
  });
  return async (side, shape) => {
    stage = await ThreeCores.open(side, shape);
    return stage;
  };
}

/** S10: every millisatoshi is where the terms say, so nothing was paid twice (S1) and nothing is owed. */
export function expectAllWell(trade: ThreeCores): void {
  expect(PARTIES.flatMap((role) => trade.daemons[role].errors)).toEqual([]);
  expect(trade.gained).toEqual(trade.expected);
}
