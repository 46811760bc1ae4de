import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { MemoryLightning, type Tip } from '@tercet/lightning';
import { height } from '@tercet/protocol';
import { Clock } from '../executor/clock.js';
import { TipWatcher } from './tip-watcher.js';

const until = async (holds: () => boolean) => {
  while (!holds()) await delay(1);
};
let watcher: TipWatcher | undefined;
afterEach(() => watcher?.close());

const watch = (watchTip: (signal: AbortSignal) => AsyncIterable<Tip>, onTip?: () => Promise<void>) => {
  const seen: number[] = [];
  const errors: unknown[] = [];
  const clock = new Clock(height(100));
  watcher = new TipWatcher(
    { height: height(100), hash: '' },
    {
      lightning: { watchTip },
      clock,
      onTip: async ({ height: tip }) => {
        seen.push(tip);
        await onTip?.();
      },
      onError: (error) => errors.push(error),
      retryMs: 1,
    },
  );
  watcher.start();
  return { seen, errors, clock, watcher };
};

test('S14 S23 every new height is told, and after an outage of the node the height it has come to', async () => {
  const network = new MemoryLightning();
  const node = network.node('own');
  let streams = 0;
  const { seen, errors, clock } = watch((signal) => {
    streams += 1;
    return node.watchTip(signal);
  });
  await until(() => streams === 1);
  await new Promise(setImmediate);
  network.mine(2);
  await until(() => seen.length === 2);
  node.goDown();
  await until(() => errors.length > 0);
  network.mine(5);
  node.comeUp();
  await until(() => seen.length === 3);
  expect(seen).toEqual([101, 102, 107]);
  expect(clock.now().height).toBe(107);
});

test('heights once passed stay passed: a reorg fires nothing and takes nothing back', async () => {
  const tips = [100, 103, 101, 102, 103, 104].map((tip) => ({
    height: height(tip),
    hash: `at ${String(tip)}`,
  }));
  const {
    seen,
    clock,
    watcher: own,
  } = watch(async function* (signal) {
    yield* tips;
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve());
    });
  });
  await until(() => seen.includes(104));
  expect(seen).toEqual([103, 104]);
  expect(clock.now().height).toBe(104);
  expect(own.tip.hash).toBe('at 104');
});

test('closing waits for a block that is being worked on', async () => {
  let done = false;
  const { watcher: own } = watch(
    async function* () {
      await Promise.resolve();
      yield { height: height(101), hash: '' };
    },
    async () => {
      await delay(20);
      done = true;
    },
  );
  await until(() => own.tip.height === 101);
  await own.close();
  expect(done).toBe(true);
});
