/**
 * What every chain behind the nodes has to do, whatever software it is and whatever it runs in. btcd always; bitcoind
 * where E2E_CHAINS names it: tools/images/test.mjs does when the engine has an image, and says so when not.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createChainAddress, getChainBalance, getHeight } from 'lightning';

import { regtestBinaries } from './binaries.js';
import { ChainRpcError } from './chain-rpc.js';
import { containerProvider, Dock, openEngine } from './containers/index.js';
import { startFeeSource } from './fee-source.js';
import { localBinaries } from './local-binaries.js';
import { Miner } from './miner.js';
import type { ChainNode, ChainSoftware, LndNode, NodeProvider } from './port.js';
import { until } from './wait.js';

const inContainers = process.env['E2E_BACKEND'] === 'containers';
const named = (process.env['E2E_CHAINS'] ?? 'btcd').split(',');
const SOFTWARE: readonly ChainSoftware[] = ['btcd', 'bitcoind'];
const chosen = SOFTWARE.filter((one) => named.includes(one));

/** Segwit is active from there on regtest. */
const SPENDABLE = 440;
const START_MS = 120_000;

/** One input that names no output of any transaction, one output of 1 000 sat to a witness program. */
const spendsNothing = [
  '02000000',
  '01',
  '11'.repeat(32),
  '00000000',
  '00',
  'ffffffff',
  '01',
  'e803000000000000',
  '16',
  `0014${'22'.repeat(20)}`,
  '00000000',
].join('');

test('E2E_CHAINS names what there is', () => {
  expect(named).toEqual(chosen);
});

describe.each(chosen)('%s', (software) => {
  const undo: (() => Promise<void>)[] = [];
  const miner = new Miner();
  let chain: ChainNode;
  let lnd: LndNode;

  beforeAll(async () => {
    const dir = await mkdtemp(join(tmpdir(), 'tercet-chain-'));
    undo.push(() => rm(dir, { recursive: true, force: true }));
    const provider = await open(dir);
    const fees = await (provider.startFees?.() ?? startFeeSource());
    undo.push(() => fees.stop());
    chain = await provider.startChain({ dir: join(dir, 'chain'), miningAddress: miner.address });
    undo.push(() => chain.stop());
    await chain.call('generate', [SPENDABLE]);
    lnd = await provider.startLnd({ name: 'own', dir: join(dir, 'own'), feeUrl: fees.url, args: [] }, chain);
    undo.push(() => lnd.stop());
  }, START_MS);
  afterAll(async () => {
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  }, START_MS);

  async function open(dir: string): Promise<NodeProvider> {
    if (!inContainers) return localBinaries(regtestBinaries());
    const dock = await Dock.open(await openEngine());
    undo.push(() => dock.close());
    return containerProvider(dock, dir, software);
  }

  test('mines as many blocks as it is told', async () => {
    const before = Number(await chain.call('getblockcount'));
    expect(await chain.call('generate', [3])).toHaveLength(3);
    expect(await chain.call('getblockcount')).toBe(before + 3);
  });

  test('an lnd on it hears of each block', async () => {
    await chain.call('generate', [1]);
    const height = Number(await chain.call('getblockcount'));
    await until('lnd sees the block', async () => {
      const { current_block_height: seen } = await getHeight({ lnd: lnd.lnd });
      return seen === height ? true : undefined;
    });
  });

  test('its blocks paid the miner, whose payment an lnd on it gets', async () => {
    const { address } = await createChainAddress({ lnd: lnd.lnd, format: 'p2wpkh' });
    const id = await miner.pay(chain, [{ address, amountSat: 1_000_000n }]);
    expect(await chain.call('getrawmempool')).toEqual([id]);
    await chain.call('generate', [1]);
    expect(await chain.call('getrawmempool')).toEqual([]);
    await until('lnd counts it', async () => {
      const { chain_balance: balance } = await getChainBalance({ lnd: lnd.lnd });
      return balance === 1_000_000 ? true : undefined;
    });
  });

  test.each([
    ['a method that there is not', 'getnothing', [], -32_601],
    ['a transaction that is none', 'sendrawtransaction', ['00'], -22],
    ['a transaction whose coin there is not', 'sendrawtransaction', [spendsNothing], -25],
  ])('%s: refused with its code', async (_, method, params, code) => {
    const refusal = await chain.call(method, params).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ChainRpcError);
    expect(refusal).toMatchObject({ method, code });
  });
});
