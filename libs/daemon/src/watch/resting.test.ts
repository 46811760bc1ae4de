import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MemoryLightning, type LightningNode, type MemoryNode } from '@tercet/lightning';
import type { LedgerEntry, PaymentHash, Preimage } from '@tercet/protocol';
import { blocks, msat, sha256Hex, TercetError, unixMs } from '@tercet/protocol';
import type { NewFact } from '../executor/port.js';
import { sampleTrade } from '../services/testing/samples.js';
import { NodeWatcher } from './node-watcher.js';

const preimageOf = (n: number) => n.toString(16).padStart(64, '0') as Preimage;
const hashOf = (n: number) => sha256Hex(preimageOf(n)) as PaymentHash;
const AMOUNT = msat(1_000_000n);
const dataOf = (n: number) =>
  sampleTrade({
    data: {
      ledger: [
        {
          ...{ purpose: 'escrow', attempt: 1, kind: 'hold', hash: hashOf(n) },
          ...{ amountMsat: AMOUNT, status: 'accepted' },
        } satisfies LedgerEntry,
      ],
    },
  }).state.data;

let network: MemoryLightning;
let host: MemoryNode;
let told: NewFact[];
let errors: unknown[];
let watcher: NodeWatcher;
/** Streams of single invoices that are open now, and look-ups so far. */
let streams: number;
let lookUps: number;
/** Where set, the node doesn't tell of ends. */
let unwilling: Error | undefined;
/** Between the node's look-up and its answer. */
let whileAnswering: () => Promise<unknown>;

beforeEach(() => {
  network = new MemoryLightning();
  host = network.node('host');
  [told, errors, streams, lookUps, unwilling] = [[], [], 0, 0, undefined];
  whileAnswering = () => Promise.resolve();
  const lightning: Pick<LightningNode, 'lookUpInvoice' | 'watchInvoice' | 'watchPayment' | 'watchEnds'> = {
    async lookUpInvoice(hash) {
      lookUps += 1;
      const state = await host.lookUpInvoice(hash);
      await whileAnswering();
      return state;
    },
    async *watchInvoice(hash, signal) {
      streams += 1;
      try {
        yield* host.watchInvoice(hash, signal);
      } finally {
        streams -= 1;
      }
    },
    watchPayment: (hash, signal) => host.watchPayment(hash, signal),
    async *watchEnds(signal) {
      if (unwilling) throw unwilling;
      yield* host.watchEnds(signal);
    },
  };
  watcher = new NodeWatcher({
    lightning,
    trades: {
      now: () => ({ height: network.height, timeMs: unixMs(0) }),
      submit: (_, fact) => {
        told.push(fact);
        return Promise.resolve({ result: 'taken', sequence: 1 });
      },
    },
    onError: (_, __, error) => errors.push(error),
    onEndsBroken: (error) => errors.push(error),
    retryMs: 1,
  });
});
afterEach(() => watcher.close());

const hold = async (...numbers: number[]) => {
  for (const n of numbers) {
    const request = await host.createHold({
      ...{ hash: hashOf(n), amountMsat: AMOUNT, cltvExpiry: blocks(144) },
      ...{ expirySeconds: 600, description: '' },
    });
    await network.node('payer').pay({
      ...{ request, hash: hashOf(n), amountMsat: AMOUNT, maxFeeMsat: msat(0n) },
      ...{ cltvLimit: blocks(400), attemptSeconds: 1 },
    });
  }
};
const follow = (...numbers: number[]) => {
  for (const n of numbers) watcher.follow(`t${String(n)}` as never, dataOf(n), true);
};
const resting = async (...numbers: number[]) => {
  await hold(...numbers);
  watcher.start();
  follow(...numbers);
  await until(() => watcher.heardOf === numbers.length && streams === 0);
};
const kinds = () => told.map(({ kind }) => kind);
const until = async (holds: () => boolean) => {
  while (!holds()) await delay(1);
};
const aWhile = async () => {
  for (let turn = 0; turn < 5; turn += 1) await delay(1);
};

describe('S23 a hold that nothing happens to rests without a stream', () => {
  test.each(['holdSettled', 'holdCancelled'])('%s is heard of, of this one alone', async (kind) => {
    await resting(1, 2);
    expect([lookUps, watcher.size]).toEqual([2, 2]);
    if (kind === 'holdSettled') await host.settleHold(hashOf(1), preimageOf(1));
    else await host.cancelHold(hashOf(1));
    await until(() => watcher.size === 1);
    expect(kinds()).toEqual([kind]);
    expect(lookUps).toBe(3);
  });

  test('one that ends while its look-up is on its way back is not put to rest', async () => {
    await hold(1);
    watcher.start();
    whileAnswering = () => host.cancelHold(hashOf(1));
    follow(1);
    await until(() => watcher.size === 0);
    expect(kinds()).toEqual(['holdCancelled']);
  });

  test('what ended while the stream of ends was away is found when it is back', async () => {
    await resting(1, 2);
    host.invoices.ends.breakAll(new TercetError('NODE_UNAVAILABLE', 'x', { wayOut: 'x' }));
    await host.cancelHold(hashOf(1));
    await until(() => watcher.size === 1 && streams === 0 && watcher.heardOf === 1);
    expect(kinds()).toEqual(['holdCancelled']);
    expect(errors).toHaveLength(1);
  });

  test('a node that is down, and cancels as it comes up (S50)', async () => {
    await resting(1, 2);
    host.goDown();
    await aWhile();
    network.mine(140);
    host.comeUp();
    await until(() => watcher.size === 0);
    expect(kinds()).toEqual(['holdCancelled', 'holdCancelled']);
  });

  test('S14 before its height it has a stream of its own again', async () => {
    await resting(1);
    const { htlcs } = (await host.lookUpInvoice(hashOf(1))) as { htlcs: { expiryHeight: number }[] };
    const stirs = (htlcs[0]?.expiryHeight ?? 0) - 24 - network.height;
    network.mine(stirs - 1);
    watcher.seen(network.height);
    await aWhile();
    expect([lookUps, streams]).toEqual([1, 0]);
    network.mine(1);
    watcher.seen(network.height);
    await until(() => streams === 1);
    network.mine(6);
    await until(() => watcher.size === 0);
    expect(kinds()).toEqual(['holdCancelled']);
  });

  test('a reconcile looks up those that rest, whatever the streams said', async () => {
    await resting(1, 2);
    watcher.reconcile();
    await until(() => lookUps === 4 && watcher.heardOf === 2);
    expect(streams).toBe(0);
  });

  test('one that has just been paid keeps its stream until the second reconcile', async () => {
    await hold(1);
    watcher.start();
    watcher.follow('t1' as never, dataOf(1));
    await until(() => streams === 1 && watcher.heardOf === 1);
    watcher.reconcile();
    await aWhile();
    expect([streams, lookUps]).toEqual([1, 0]);
    watcher.reconcile();
    await until(() => streams === 0 && watcher.heardOf === 1);
    expect(lookUps).toBe(1);
  });

  test('S24 one that the node knows nothing of is followed anew by the next reconcile', async () => {
    watcher.start();
    follow(1);
    await until(() => watcher.size === 0);
    expect(kinds()).toEqual([]);
    expect(watcher.reconcile()).toEqual(['t1']);
    expect(watcher.reconcile()).toEqual([]);
  });

  test('S35 a node whose macaroon does not allow the stream of ends: each has its own', async () => {
    unwilling = new TercetError('NODE_UNAUTHORIZED', 'x', { wayOut: 'x' });
    await hold(1, 2);
    watcher.start();
    follow(1, 2);
    await until(() => streams === 2);
    for (let n = 0; n < 3; n += 1) watcher.reconcile();
    await aWhile();
    expect([streams, watcher.heardOf]).toEqual([2, 2]);
    await host.cancelHold(hashOf(1));
    await until(() => watcher.size === 1);
    expect(kinds()).toEqual(['holdCancelled']);
  });

  test('S28 thousands are followed in their turn', async () => {
    const many = Array.from({ length: 1200 }, (_, n) => n + 1);
    await hold(...many);
    watcher.start();
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    whileAnswering = () => answered;
    const all = (async () => {
      for (const n of many) {
        await watcher.room();
        follow(n);
      }
    })();
    await aWhile();
    expect(watcher.size).toBe(100);
    answer();
    await all;
    await until(() => watcher.heardOf === many.length);
    expect(streams).toBe(0);
  }, 60_000);
});
