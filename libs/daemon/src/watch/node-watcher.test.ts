import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MemoryLightning, type InvoiceState, type LightningNode, type MemoryNode } from '@tercet/lightning';
import type { LedgerEntry, PaymentHash, Preimage } from '@tercet/protocol';
import { blocks, msat, sha256Hex, unixMs } from '@tercet/protocol';
import type { NewFact, Outcome } from '../executor/port.js';
import { sampleTrade } from '../services/testing/samples.js';
import { invoiceFact } from './line-facts.js';
import { NodeWatcher } from './node-watcher.js';

const preimageOf = (n: number) => n.toString(16).padStart(64, '0') as Preimage;
const hashOf = (n: number) => sha256Hex(preimageOf(n)) as PaymentHash;
const AMOUNT = msat(1_000_000n);
const line = (n: number, kind: LedgerEntry['kind']): LedgerEntry => ({
  purpose: 'escrow',
  attempt: 1,
  kind,
  hash: hashOf(n),
  amountMsat: AMOUNT,
  status: 'live',
});
const tradeOf = (...ledger: LedgerEntry[]) => sampleTrade({ data: { ledger } }).state.data;

let host: MemoryNode;
let payer: MemoryNode;
const hold = (n: number) =>
  host.createHold({
    hash: hashOf(n),
    amountMsat: AMOUNT,
    cltvExpiry: blocks(144),
    expirySeconds: 600,
    description: '',
  });
const pay = async (n: number, request = hold(n)) =>
  payer.pay({
    request: await request,
    hash: hashOf(n),
    amountMsat: AMOUNT,
    maxFeeMsat: msat(0n),
    cltvLimit: blocks(400),
    attemptSeconds: 1,
  });

let told: NewFact[];
let errors: unknown[];
let outcome: (fact: NewFact) => Promise<Outcome>;
let watcher: NodeWatcher;
const watching = (
  lightning: Pick<LightningNode, 'watchInvoice' | 'watchPayment' | 'lookUpInvoice' | 'watchEnds'>,
) =>
  new NodeWatcher({
    lightning,
    trades: {
      now: () => ({ height: host.height, timeMs: unixMs(0) }),
      submit: (_, fact) => {
        told.push(fact);
        return outcome(fact);
      },
    },
    onError: (_, __, error) => errors.push(error),
    onEndsBroken: (error) => errors.push(error),
    retryMs: 1,
  });
beforeEach(() => {
  const network = new MemoryLightning();
  host = network.node('host');
  payer = network.node('payer');
  told = [];
  errors = [];
  outcome = () => Promise.resolve({ result: 'taken', sequence: 1 });
  watcher = watching(host);
});
afterEach(() => watcher.close());
const kinds = () => told.map(({ kind }) => kind);
const until = async (holds: () => boolean) => {
  while (!holds()) await delay(1);
};

describe('S23 what is live is looked up, then followed to its end', () => {
  test('a hold from its state now to the settle; followed once, however often it is asked for', async () => {
    await pay(1);
    for (let n = 0; n < 3; n += 1) watcher.follow('t' as never, tradeOf(line(1, 'hold')));
    expect(watcher.size).toBe(1);
    await until(() => told.length === 1);
    await host.settleHold(hashOf(1), preimageOf(1));
    await until(() => watcher.size === 0);
    expect(kinds()).toEqual(['holdAccepted', 'holdSettled']);
  });

  test('what happened while nobody watched is told at once', async () => {
    await pay(2);
    await host.cancelHold(hashOf(2));
    watcher.follow('t' as never, tradeOf(line(2, 'hold')));
    await until(() => watcher.size === 0);
    expect(kinds()).toEqual(['holdCancelled']);
  });

  test('S21 what the line says already is followed, and not told', async () => {
    await pay(8);
    watcher.follow('t' as never, tradeOf({ ...line(8, 'hold'), status: 'accepted' }));
    await until(() => watcher.heardOf === 1);
    await host.cancelHold(hashOf(8));
    await until(() => watcher.size === 0);
    expect(kinds()).toEqual(['holdCancelled']);
    expect(watcher.heardOf).toBe(0);
  });

  test('streams that break are taken up again, and told of once', async () => {
    await pay(3);
    watcher.follow('t' as never, tradeOf(line(3, 'hold')));
    await until(() => told.length === 1);
    host.goDown();
    await until(() => errors.length > 0);
    // Meanwhile it tries again and again.
    for (let turn = 0; turn < 20; turn += 1) await delay(1);
    expect(errors).toHaveLength(1);
    host.comeUp();
    await host.settleHold(hashOf(3), preimageOf(3));
    await until(() => watcher.size === 0);
    expect(kinds().at(-1)).toBe('holdSettled');
  });

  test('a stream that ends without a final state is a broken one', async () => {
    let streams = 0;
    watcher = watching({
      lookUpInvoice: (hash) => host.lookUpInvoice(hash),
      watchEnds: (signal) => host.watchEnds(signal),
      watchPayment: (hash, signal) => payer.watchPayment(hash, signal),
      async *watchInvoice() {
        await Promise.resolve();
        streams += 1;
        yield streams < 3 ? state('accepted') : state('settled');
      },
    });
    watcher.follow('t' as never, tradeOf(line(4, 'hold')));
    await until(() => watcher.size === 0);
    expect(kinds()).toEqual(['holdAccepted', 'holdAccepted', 'holdSettled']);
  });

  test('S24 absent ends the watch without a conclusion; a later look begins anew', async () => {
    watcher.follow('t' as never, tradeOf(line(5, 'hold'), line(5, 'payment')));
    await until(() => watcher.size === 0);
    expect(told).toEqual([]);
    await hold(5);
    watcher.follow('t' as never, tradeOf(line(5, 'hold')));
    await host.cancelHold(hashOf(5));
    await until(() => watcher.size === 0);
    expect(kinds()).toEqual(['holdCancelled']);
  });

  test.each<[string, () => Promise<Outcome>]>([
    ['can not be stored', () => Promise.reject(new Error('disk'))],
    [
      'is refused',
      () => Promise.resolve({ result: 'refused', refusal: { code: 'X', text: 'x', wayOut: 'x' } }),
    ],
  ])('what the node said and %s is told again', async (_, first) => {
    await pay(7);
    let turn = 0;
    outcome = () => ((turn += 1) === 1 ? first() : Promise.resolve({ result: 'taken', sequence: 1 }));
    watcher.follow('t' as never, tradeOf(line(7, 'hold')));
    await until(() => told.length === 2);
    expect(kinds()).toEqual(['holdAccepted', 'holdAccepted']);
    expect(errors).toHaveLength(1);
  });

  test('S28 thousands at once, one of them stuck', async () => {
    const many = Array.from({ length: 1000 }, (_, n) => 1000 + n);
    for (const n of many) await pay(n);
    outcome = (fact) =>
      'hash' in fact && fact.hash === hashOf(1000)
        ? new Promise(() => {
            // Never stored.
          })
        : Promise.resolve({ result: 'taken', sequence: 1 });
    const stuck = watching(host);
    for (const n of many) stuck.follow(`t${String(n)}` as never, tradeOf(line(n, 'hold')));
    await until(() => told.length === many.length);
    for (const n of many) await host.settleHold(hashOf(n), preimageOf(n));
    await until(() => stuck.size === 1);
    expect(told.filter(({ kind }) => kind === 'holdSettled')).toHaveLength(many.length - 1);
  }, 60_000);

  test('closing ends every stream', async () => {
    await hold(6);
    watcher.follow('t' as never, tradeOf(line(6, 'hold')));
    await watcher.close();
    expect(watcher.size).toBe(0);
    watcher.follow('t' as never, tradeOf(line(6, 'hold')));
    expect(watcher.size).toBe(0);
  });
});

const state = (name: 'open' | 'accepted' | 'settled' | 'cancelled'): InvoiceState => ({
  state: name,
  request: 'lnbcrt1' as never,
  amountMsat: AMOUNT,
  receivedMsat: AMOUNT,
  htlcs: [],
});

describe('what a look-up of an invoice says', () => {
  test.each<[LedgerEntry['kind'], InvoiceState, string | undefined]>([
    ['hold', { state: 'absent' }, undefined],
    ['hold', state('open'), undefined],
    ['hold', state('accepted'), 'holdAccepted'],
    ['hold', state('settled'), 'holdSettled'],
    ['hold', state('cancelled'), 'holdCancelled'],
    ['invoice', { state: 'absent' }, undefined],
    ['invoice', state('open'), undefined],
    ['invoice', state('accepted'), undefined],
    ['invoice', state('settled'), 'invoicePaid'],
    ['invoice', state('cancelled'), 'invoiceCancelled'],
  ])('S24 %s: %j', (kind, now, fact) => {
    expect(invoiceFact({ kind, hash: hashOf(0) }, now)?.kind).toBe(fact);
  });
});
