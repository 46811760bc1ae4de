import { beforeEach, describe, expect, test } from '@jest/globals';
import type { PaymentHash } from '@tercet/protocol';
import { sat, TercetError } from '@tercet/protocol';
import { Documents } from '../services/testing/documents.js';
import { Gate } from './gate.js';
import { KillSwitch } from './kill-switch.js';
import { SpendBook } from './spend-book.js';

const MINUTE_MS = 60_000;
let journal: Documents;
let nowMs: number;
beforeEach(() => {
  journal = new Documents();
  nowMs = 1_800_000_000_000;
});

/** A daemon's gate, as after a start: all it knows is in the journal. */
const start = (capSat = 100_000, exclusive = true) => {
  const parts = { journal, nowMs: () => nowMs, exclusive };
  const killSwitch = new KillSwitch(parts);
  const book = new SpendBook(parts);
  return { killSwitch, book, gate: new Gate(killSwitch, book, sat(capSat)) };
};
const hashOf = (name: string) => name.padEnd(64, '0') as PaymentHash;
const pay = async (gate: Gate, name: string, amountSat: number, refund = false): Promise<string> => {
  try {
    await gate.pass({ hash: hashOf(name), amountMsat: sat(amountSat), refund });
    return 'sent';
  } catch (error) {
    return error instanceof TercetError ? error.code : String(error);
  }
};

describe('S35 S37 the spend cap of an hour', () => {
  test.each([
    [40_000, 'sent'],
    [40_001, 'SPEND_CAP_REACHED'],
  ])('60 000 sat sent and a cap of 100 000: %i sat more are %s', async (more, expected) => {
    const { gate } = start();
    expect(await pay(gate, 'a', 60_000)).toBe('sent');
    expect(await pay(gate, 'b', more)).toBe(expected);
    expect(gate.waiting()).toBe(expected === 'sent' ? 0 : 1);
  });

  test('what waits goes out when the hour allows, not a millisecond earlier', async () => {
    const { gate } = start();
    await pay(gate, 'a', 60_000);
    nowMs += 30 * MINUTE_MS;
    await pay(gate, 'b', 40_000);
    expect(await pay(gate, 'c', 1)).toBe('SPEND_CAP_REACHED');
    nowMs += 30 * MINUTE_MS - 1;
    expect(await pay(gate, 'c', 1)).toBe('SPEND_CAP_REACHED');
    nowMs += 1;
    expect(await pay(gate, 'c', 60_000)).toBe('sent');
    expect(await pay(gate, 'd', 1)).toBe('SPEND_CAP_REACHED');
    expect(gate.waiting()).toBe(1);
  });

  test('a restart forgets nothing of it', async () => {
    await pay(start().gate, 'a', 100_000);
    const { gate } = start();
    expect(await pay(gate, 'b', 1)).toBe('SPEND_CAP_REACHED');
    expect(await gate.spending()).toEqual({ sentMsat: sat(100_000), capMsat: sat(100_000), waiting: 1 });
    nowMs += 60 * MINUTE_MS;
    expect(await pay(start().gate, 'b', 1)).toBe('sent');
  });

  test('a clock that is set back by a day holds nothing up until it is there again', async () => {
    const { gate, book } = start();
    await pay(gate, 'a', 100_000);
    nowMs -= 24 * 60 * MINUTE_MS;
    expect(await pay(gate, 'b', 100_000)).toBe('sent');
    expect(await pay(gate, 'c', 1)).toBe('SPEND_CAP_REACHED');
    await book.prune();
    expect(await book.sentMsat()).toBe(sat(100_000));
  });

  test('S45 nothing is lost: one larger than the cap goes alone in its hour', async () => {
    const { gate } = start();
    await pay(gate, 'a', 1);
    expect(await pay(gate, 'b', 250_000)).toBe('SPEND_CAP_REACHED');
    nowMs += 60 * MINUTE_MS;
    expect(await pay(gate, 'b', 250_000)).toBe('sent');
    expect(await pay(gate, 'c', 1)).toBe('SPEND_CAP_REACHED');
  });

  test('S1 a second try under the same hash counts once, and passes', async () => {
    const { gate } = start();
    await pay(gate, 'a', 100_000);
    expect(await pay(gate, 'a', 100_000)).toBe('sent');
    expect((await gate.spending()).sentMsat).toBe(sat(100_000));
  });

  test('what failed has not left, after a restart too', async () => {
    const { gate } = start();
    await pay(gate, 'a', 100_000);
    await gate.over(hashOf('a'), 'failed');
    expect(await pay(start().gate, 'b', 100_000)).toBe('sent');
  });

  test('what was paid stays counted', async () => {
    const { gate } = start();
    await pay(gate, 'a', 100_000);
    await gate.over(hashOf('a'), 'paid');
    expect(await pay(gate, 'b', 1)).toBe('SPEND_CAP_REACHED');
  });

  test('of two that ask at the same moment one passes', async () => {
    const { gate } = start();
    await pay(gate, 'a', 1);
    const both = await Promise.all([pay(gate, 'b', 60_000), pay(gate, 'c', 60_000)]);
    expect(both).toEqual(['sent', 'SPEND_CAP_REACHED']);
  });

  test('S8 what could not be written down is not sent, and not counted', async () => {
    const { gate } = start();
    const put = journal.putDocument.bind(journal);
    journal.putDocument = () => Promise.reject(new Error('disk full'));
    expect(await pay(gate, 'a', 100_000)).toContain('disk full');
    journal.putDocument = put;
    expect(await pay(gate, 'b', 100_000)).toBe('sent');
  });

  test('a refund is never held back, and is counted', async () => {
    const { gate } = start();
    await pay(gate, 'a', 100_000);
    expect(await pay(gate, 'b', 90_000, true)).toBe('sent');
    expect((await gate.spending()).sentMsat).toBe(sat(190_000));
  });

  test('replicas on one database count together', async () => {
    const [one, other] = [start(100_000, false), start(100_000, false)];
    await pay(one.gate, 'a', 60_000);
    expect(await pay(other.gate, 'b', 60_000)).toBe('SPEND_CAP_REACHED');
  });

  test('what is older than an hour is forgotten, in the journal too', async () => {
    const { gate, book } = start();
    await pay(gate, 'a', 60_000);
    nowMs += 30 * MINUTE_MS;
    await pay(gate, 'b', 10_000);
    nowMs += 30 * MINUTE_MS;
    await book.prune();
    expect(await journal.documents('sent')).toHaveLength(1);
    expect(await book.sentMsat()).toBe(sat(10_000));
  });
});

describe('S35 the kill switch', () => {
  test('holds payments, never a refund; what waited goes out after it', async () => {
    const { gate, killSwitch } = start();
    await killSwitch.turn(true, 'the node behaves oddly', 'admin');
    expect(await pay(gate, 'a', 10)).toBe('TRADING_STOPPED');
    expect(await pay(gate, 'b', 10, true)).toBe('sent');
    expect(gate.waiting('TRADING_STOPPED')).toBe(1);
    await killSwitch.turn(false, '', 'admin');
    expect(await pay(gate, 'a', 10)).toBe('sent');
    expect(gate.waiting()).toBe(0);
  });

  test('S1 it holds a second try too: the node says that the first is not there', async () => {
    const { gate, killSwitch } = start();
    await pay(gate, 'a', 10);
    await killSwitch.turn(true, 'x', 'admin');
    expect(await pay(gate, 'a', 10)).toBe('TRADING_STOPPED');
  });

  test('survives a restart; every turn is kept, and says who, when and why', async () => {
    await start().killSwitch.turn(true, 'first', 'admin');
    expect(await start().killSwitch.stop()).toEqual({ reason: 'first', by: 'admin', sinceMs: nowMs });
    await expect(start().killSwitch.assertTrading()).rejects.toMatchObject({ code: 'TRADING_STOPPED' });
    nowMs += 1;
    await start().killSwitch.turn(true, 'again', 'admin');
    expect((await start().killSwitch.stop())?.reason).toBe('first');
    await start().killSwitch.turn(false, 'all is well', 'admin');
    expect(await start().killSwitch.stop()).toBeUndefined();
    const turns = (await journal.documents('killSwitch')).map(({ value }) => value);
    expect(turns).toMatchObject([
      { on: true, reason: 'first', by: 'admin' },
      { on: false, reason: 'all is well', atMs: nowMs },
    ]);
  });

  test('a clock that jumps back by a day brings no older turn back', async () => {
    await start().killSwitch.turn(true, 'x', 'admin');
    nowMs -= 24 * 60 * MINUTE_MS;
    await start().killSwitch.turn(false, 'y', 'admin');
    expect(await start().killSwitch.stop()).toBeUndefined();
    await start().killSwitch.turn(true, 'z', 'admin');
    expect((await start().killSwitch.stop())?.reason).toBe('z');
  });

  test('replicas see one another', async () => {
    const [one, other] = [start(1, false), start(1, false)];
    await one.killSwitch.stop();
    await other.killSwitch.turn(true, 'x', 'admin');
    expect(await pay(one.gate, 'a', 1)).toBe('TRADING_STOPPED');
    expect(one.killSwitch.last?.reason).toBe('x');
  });

  test('a journal that fails is asked again', async () => {
    const { killSwitch } = start();
    const documents = journal.documents.bind(journal);
    journal.documents = () => Promise.reject(new Error('gone'));
    await expect(killSwitch.assertTrading()).rejects.toThrow('gone');
    journal.documents = documents;
    expect(await killSwitch.stop()).toBeUndefined();
  });
});
