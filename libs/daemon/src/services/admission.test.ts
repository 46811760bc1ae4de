import { sat, TercetError, unixMs } from '@tercet/protocol';
import { admit, checkCeilings } from './admission.js';
import { FakeTrades } from './testing/fake-trades.js';
import { NOW, orderBy, sampleTrade } from './testing/samples.js';

const MINUTE = 60_000;
const order = orderBy('maker', { amountMsat: sat(400_000) });
const trade = (taker: string, startedMs = NOW as number) =>
  sampleTrade({ taker, data: { signedOrder: order, startedMs } });
const config = (change: Partial<typeof generous> = {}) => ({ ceilings: { ...generous, ...change } });
/** A million of prices, and half a percent for their fees. */
const generous = { largestTradeSat: 1_000_000, openTrades: 100, satsPerHour: 1_005_000 };
async function code(asked: Promise<void>): Promise<string> {
  try {
    await asked;
    return 'admitted';
  } catch (error) {
    return error instanceof TercetError ? error.code : String(error);
  }
}

describe('S37 ceilings', () => {
  test.each([
    [1_000_000, 'admitted'],
    [1_000_001, 'OVER_CEILING'],
  ])('one trade of %d sat', async (amount, expected) => {
    const trades = new FakeTrades();
    expect(await code(checkCeilings(trades, config({ satsPerHour: 9_000_000 }), sat(amount)))).toBe(expected);
  });

  test('open trades, those that end make room', async () => {
    const trades = new FakeTrades();
    const two = config({ openTrades: 2, satsPerHour: 9_000_000 });
    trades.put(trade('a'));
    expect(await code(checkCeilings(trades, two, sat(10_000)))).toBe('admitted');
    trades.put(trade('b'));
    expect(await code(checkCeilings(trades, two, sat(10_000)))).toBe('TOO_MANY_TRADES');
    trades.put({ ...trade('b'), sequence: 8, terminal: true });
    expect(await code(checkCeilings(trades, two, sat(10_000)))).toBe('admitted');
  });

  test('sats within the hour, ended trades included, until the hour is over', async () => {
    const trades = new FakeTrades();
    trades.put({ ...trade('a', NOW - 50 * MINUTE), terminal: true });
    trades.put(trade('b', NOW - 10 * MINUTE));
    expect(await code(checkCeilings(trades, config(), sat(200_000)))).toBe('admitted');
    expect(await code(checkCeilings(trades, config(), sat(200_001)))).toBe('TOO_MUCH_THIS_HOUR');
    trades.at = { ...trades.at, timeMs: unixMs(NOW + 10 * MINUTE) };
    expect(await code(checkCeilings(trades, config(), sat(200_001)))).toBe('admitted');
  });

  test('a trade that ended before anything was locked moved nothing', async () => {
    const trades = new FakeTrades();
    const idle = trade('a');
    trades.put({
      ...idle,
      terminal: true,
      state: { ...idle.state, machines: { ...idle.state.machines, engine: 'idle' } },
    });
    expect(await code(checkCeilings(trades, config(), sat(1_000_000)))).toBe('admitted');
  });

  test('the last place is given once, until its trade is stored or never came', async () => {
    const trades = new FakeTrades();
    const one = config({ openTrades: 1, satsPerHour: 9_000_000 });
    const both = await Promise.all([1, 2].map(() => code(admit(trades, one, sat(400_000)))));
    expect(both).toEqual(['admitted', 'TOO_MANY_TRADES']);
    trades.at = { ...trades.at, timeMs: unixMs(NOW + MINUTE) };
    expect(await code(admit(trades, one, sat(400_000)))).toBe('admitted');
    trades.put(trade('a'));
    expect(await code(checkCeilings(trades, config({ openTrades: 2 }), sat(10_000)))).toBe('admitted');
    expect(await code(checkCeilings(trades, one, sat(10_000)))).toBe('TOO_MANY_TRADES');
  });

  test('a change is counted once, however often it is asked', async () => {
    const trades = new FakeTrades();
    for (const sequence of [1, 2, 3]) {
      trades.put({ ...trade('a'), sequence });
      expect(await code(checkCeilings(trades, config(), sat(600_000)))).toBe('admitted');
    }
    expect(trades.listening).toBe(1);
  });
});
