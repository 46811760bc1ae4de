import { describe, expect, test } from '@jest/globals';
import type { TradeView } from '../executor/port.js';
import { sampleTrade } from '../services/testing/samples.js';
import { Round } from './round.js';

const going = (count: number, exclusive: boolean) => {
  const visits: string[] = [];
  const state = { failAt: -1 };
  const round = new Round({
    exclusive,
    trades: {
      async *open() {
        for (let n = 0; n < count; n += 1) {
          await Promise.resolve();
          if (n === state.failAt) throw new Error('disk');
          yield { ...sampleTrade({}), tradeId: String(n) } as TradeView;
        }
      },
    },
    visit: ({ tradeId }) => {
      visits.push(tradeId);
      return Promise.resolve();
    },
  });
  /** How many, from the first to the last. */
  const go = async () => {
    visits.length = 0;
    await round.go();
    return visits.length === 0 ? [] : [visits.length, visits[0], visits.at(-1)];
  };
  return { go, state };
};

describe('S23 rounds of the open trades', () => {
  test('the first is whole; later ones go on from one to the next, and begin anew', async () => {
    const { go } = going(1200, true);
    expect(await go()).toEqual([1200, '0', '1199']);
    expect(await go()).toEqual([500, '0', '499']);
    expect(await go()).toEqual([500, '500', '999']);
    expect(await go()).toEqual([200, '1000', '1199']);
    expect(await go()).toEqual([500, '0', '499']);
  });

  test('few are visited each time', async () => {
    const { go } = going(3, true);
    for (let n = 0; n < 3; n += 1) expect(await go()).toEqual([3, '0', '2']);
  });

  test('where replicas write too each is whole', async () => {
    const { go } = going(700, false);
    for (let n = 0; n < 2; n += 1) expect(await go()).toEqual([700, '0', '699']);
  });

  test('one that failed is begun anew, and is still the first', async () => {
    const { go, state } = going(600, true);
    state.failAt = 550;
    await expect(go()).rejects.toThrow('disk');
    state.failAt = -1;
    expect(await go()).toEqual([600, '0', '599']);
  });
});
