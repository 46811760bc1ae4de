import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { getWalletInfo } from 'lightning';

import { fundNodes, openChannels, waitFunded, waitRoutable } from './channels.js';
import { startFeeSource } from './fee-source.js';
import { localBinaries } from './local-binaries.js';
import { Miner } from './miner.js';
import type { Chain, ChainNode, LndNode, NetworkOptions, RegtestNetwork } from './port.js';
import { until } from './wait.js';

/** Segwit activates by BIP 9 at height 432 on regtest; before it no segwit coin can be spent. */
const blocksBeforeSpending = 440;
/** lnd falls behind when hundreds of blocks come at once. */
const blocksAtOnce = 10;
/** Channels are announced to the network at this depth. */
const announcementDepth = 6;

/**
 * Starts btcd and one lnd per name, funds them and opens the channels; when it returns every node can route over all of
 * them. Whatever was started is stopped again when a step fails.
 */
export async function startNetwork(options: NetworkOptions): Promise<RegtestNetwork> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'tercet-regtest-')));
  await mkdir(dir, { recursive: true });
  const removeDir = () => {
    rmSync(dir, { recursive: true, force: true });
  };
  process.on('exit', removeDir);
  const undo: (() => Promise<void>)[] = [
    async () => {
      process.off('exit', removeDir);
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  ];
  const stop = async () => {
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  };
  try {
    return await build(options, dir, undo, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function build(
  options: NetworkOptions,
  dir: string,
  undo: (() => Promise<void>)[],
  stop: () => Promise<void>,
): Promise<RegtestNetwork> {
  const provider = options.provider ?? localBinaries(options.binaries);
  const miner = new Miner();
  const fees = await (provider.startFees?.() ?? startFeeSource());
  undo.push(() => fees.stop());
  const chain = await provider.startChain({ dir: join(dir, 'btcd'), miningAddress: miner.address });
  undo.push(() => chain.stop());
  await chain.call('generate', [blocksBeforeSpending]);

  const nodes = await startNodes(options, { dir, feeUrl: fees.url, chain, undo, provider });
  const all = Object.values(nodes);
  const mine = (blocks: number) => mineTo(chain, all, blocks);

  await fundNodes(chain, miner, all, options.channels);
  await mine(1);
  await Promise.all(all.map(waitFunded));
  const outpoints = await openChannels(nodes, options.channels);
  await mine(announcementDepth);
  await Promise.all(all.map((node) => waitRoutable(node, outpoints)));

  return {
    nodes,
    dir,
    stop,
    mine,
    chain,
    height: () => heightOf(chain),
    node: (name) => {
      const node = nodes[name];
      if (!node) throw new Error(`The network has no node named ${name}`);
      return node;
    },
  };
}

async function startNodes(
  { nodes: names, lndArgs = {} }: NetworkOptions,
  {
    dir,
    feeUrl,
    chain,
    undo,
    provider,
  }: {
    dir: string;
    feeUrl: string;
    chain: ChainNode;
    undo: (() => Promise<void>)[];
    provider: NonNullable<NetworkOptions['provider']>;
  },
): Promise<Record<string, LndNode>> {
  const started = await Promise.allSettled(
    names.map((name) =>
      provider.startLnd({ name, dir: join(dir, name), feeUrl, args: lndArgs[name] ?? [] }, chain),
    ),
  );
  const nodes = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  undo.push(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  });
  for (const one of started) if (one.status === 'rejected') throw one.reason;
  return Object.fromEntries(nodes.map((node) => [node.name, node]));
}

async function mineTo(chain: Chain, nodes: readonly LndNode[], blocks: number): Promise<number> {
  for (let left = blocks; left > 0; left -= blocksAtOnce) {
    await chain.call('generate', [Math.min(left, blocksAtOnce)]);
    const height = await heightOf(chain);
    await Promise.all(nodes.map((node) => waitHeight(node, height)));
  }
  return heightOf(chain);
}

async function waitHeight(node: LndNode, height: number): Promise<void> {
  await until(`${node.name} to see block ${String(height)}`, async () => {
    if (!node.isRunning) return true;
    const info = await getWalletInfo({ lnd: node.lnd });
    return info.current_block_height >= height && info.is_synced_to_chain ? true : undefined;
  });
}

async function heightOf(chain: Chain): Promise<number> {
  return Number(await chain.call('getblockcount'));
}
