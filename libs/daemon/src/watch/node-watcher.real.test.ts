import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectLnd, type LightningNode } from '@tercet/lightning';
import type { PaymentHash, Preimage } from '@tercet/protocol';
import { blocks, height, sat, unixMs } from '@tercet/protocol';
import { regtestBinaries, startNetwork, until, type LndNode, type RegtestNetwork } from '@tercet/regtest';
import { sampleTrade } from '../services/testing/samples.js';
import { NodeWatcher } from './node-watcher.js';

const PRICE = sat(20_000);

let network: RegtestNetwork;
const opened: LightningNode[] = [];
const open = (node: LndNode): LightningNode => {
  const lnd = connectLnd({
    ...{ socket: node.rpcSocket, certPath: node.tlsCertPath, macaroonPath: node.adminMacaroonPath },
    pulseMs: 500,
  });
  opened.push(lnd);
  return lnd;
};

beforeAll(async () => {
  network = await startNetwork({
    binaries: regtestBinaries(),
    nodes: ['host', 'payer'],
    channels: [{ from: 'payer', to: 'host', capacitySat: 5_000_000 }],
  });
}, 120_000);
afterAll(async () => {
  for (const lnd of opened) lnd.close();
  await network.stop();
}, 60_000);

/** Held at the host; answers its preimage and hash. */
async function held(host: LightningNode): Promise<{ preimage: Preimage; hash: PaymentHash }> {
  const preimage = randomBytes(32).toString('hex') as Preimage;
  const hash = createHash('sha256').update(Buffer.from(preimage, 'hex')).digest('hex') as PaymentHash;
  const request = await host.createHold({
    ...{ hash, amountMsat: PRICE, cltvExpiry: blocks(144), expirySeconds: 600, description: 'rests' },
  });
  await open(network.node('payer')).pay({
    ...{ request, hash, amountMsat: PRICE, maxFeeMsat: sat(10) },
    ...{ cltvLimit: blocks(400), attemptSeconds: 20 },
  });
  await until('the hold', async () =>
    (await host.lookUpInvoice(hash)).state === 'accepted' ? true : undefined,
  );
  return { preimage, hash };
}

const stateOf = (hash: PaymentHash) =>
  sampleTrade({
    data: {
      ledger: [
        {
          ...{ purpose: 'escrow', attempt: 1, kind: 'hold', hash, amountMsat: PRICE, status: 'accepted' },
        } as const,
      ],
    },
  }).state.data;

test('S23 holds at rest on lnd: what others do to them is heard, and what they do while lnd restarts is found', async () => {
  const node = network.node('host');
  const host = open(node);
  const other = open(node);
  const told: string[] = [];
  let streams = 0;
  const watcher = new NodeWatcher({
    lightning: {
      ...host,
      async *watchInvoice(hash, signal) {
        streams += 1;
        try {
          yield* host.watchInvoice(hash, signal);
        } finally {
          streams -= 1;
        }
      },
    },
    trades: {
      now: () => ({ height: height(1), timeMs: unixMs(0) }),
      submit: (tradeId, { kind }) => {
        told.push(`${tradeId} ${kind}`);
        return Promise.resolve({ result: 'taken', sequence: 1 });
      },
    },
    onError: () => undefined,
    onEndsBroken: () => undefined,
    retryMs: 100,
  });
  try {
    watcher.start();
    const holds = [await held(host), await held(host), await held(host)];
    holds.forEach(({ hash }, index) => watcher.follow(`t${String(index)}` as never, stateOf(hash), true));
    const atRest = (count: number) => () =>
      Promise.resolve(
        watcher.heardOf === count && watcher.size === count && streams === 0 ? true : undefined,
      );
    await until('all rest', atRest(3));
    const [first, second, third] = holds;
    if (!first || !second || !third) throw new Error('three are held');
    await other.cancelHold(first.hash);
    await until('the first is heard of', atRest(2));
    await other.settleHold(second.hash, second.preimage);
    await until('the second is heard of', atRest(1));
    expect(told).toEqual(['t0 holdCancelled', 't1 holdSettled']);

    await node.stop();
    await node.start();
    await until('the third goes when lnd is back', async () => {
      await other.cancelHold(third.hash).catch(() => undefined);
      return watcher.size === 0 ? true : undefined;
    });
    expect(told.slice(2)).toEqual(['t2 holdCancelled']);
  } finally {
    await watcher.close();
  }
}, 120_000);
