import { describe, expect, test } from '@jest/globals';
import { MemoryLightning } from '@tercet/lightning';
import { unixMs } from '@tercet/protocol';
import { Clock } from '../executor/clock.js';
import { Hearing } from './hearing.js';

const MINUTE_MS = 60_000;

function begin(asleepMs?: number) {
  const network = new MemoryLightning();
  const node = network.node('own');
  const time = { ms: unixMs(1_000_000) };
  const clock = new Clock(network.height, () => time.ms);
  const hearing = new Hearing({ clock, lightning: node, asleepMs });
  const started = network.height;
  const look = async () => {
    hearing.look();
    await hearing.close();
  };
  /** Blocks arrive one at a time, and each is looked at. */
  const mine = async (count: number, apartMs = 10 * MINUTE_MS) => {
    for (let left = count; left > 0; left -= 1) {
      network.mine(1);
      time.ms = unixMs(time.ms + apartMs);
      clock.seen(network.height);
      await look();
    }
  };
  return { network, node, time, hearing, look, started, mine };
}

describe('S47 since when a daemon hears without a break', () => {
  test('since its start, and then no block moves it', async () => {
    const { hearing, started, mine, look } = begin();
    await look();
    await mine(40);
    expect(hearing.since).toBe(started);
  });

  test('where time is passed over and nobody sleeps, days between two looks change nothing', async () => {
    const { hearing, started, mine, look } = begin(Number.POSITIVE_INFINITY);
    await look();
    await mine(2, 3000 * MINUTE_MS);
    expect(hearing.since).toBe(started);
  });

  test('a node that catches up after the start: since the height at which it had', async () => {
    const { hearing, started, node, mine, look } = begin();
    node.isSynced = false;
    await look();
    await mine(50, 10);
    expect(hearing.since).toBe(started + 50);
    node.isSynced = true;
    await mine(1);
    expect(hearing.since).toBe(started + 51);
    await mine(10);
    expect(hearing.since).toBe(started + 51);
  });

  test('a node that knows more blocks than were heard of: since the last of them', async () => {
    const { hearing, network, started, mine, look } = begin();
    network.mine(5);
    await look();
    expect(hearing.since).toBe(started);
    await mine(1);
    expect(hearing.since).toBe(started + 6);
  });

  test('a machine that slept: since the first height after it', async () => {
    const { hearing, time, started, mine, look } = begin();
    await look();
    await mine(3);
    time.ms = unixMs(time.ms + 8 * 60 * MINUTE_MS);
    await mine(1);
    expect(hearing.since).toBe(started + 4);
  });

  test('an answer that a sleep came between counts for nothing', async () => {
    const { hearing, network, node, time, started, mine } = begin();
    node.faults.latencyMs = 20;
    hearing.look();
    time.ms = unixMs(time.ms + 8 * 60 * MINUTE_MS);
    hearing.look();
    await hearing.close();
    node.faults.latencyMs = 0;
    await mine(3);
    expect(hearing.since).toBe(started + 1);
    expect(network.height).toBe(started + 3);
  });

  test('a node that does not answer at the start: since it does', async () => {
    const { hearing, node, started, mine, look } = begin();
    node.goDown();
    await look();
    await mine(2);
    node.comeUp();
    await mine(1);
    expect(hearing.since).toBe(started + 3);
    await mine(2);
    expect(hearing.since).toBe(started + 3);
  });
});
