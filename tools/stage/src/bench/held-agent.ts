/**
 * An escrow agent as it is, in a process of its own that can be killed, on a node in memory that holds what the agent's
 * journal speaks of. Arguments: data folder, milliseconds that the node takes to answer. Told `memory` it answers with what it
 * uses once its garbage is gone; told a number it cancels that many holds at the node.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createShutdown, loadConfig, type ConnectNode } from '@tercet/daemon';
import { serve } from '@tercet/escrow-agent';
import { MemoryLightning, type LightningNode, type MemoryNode } from '@tercet/lightning';
import { blocks, msat, sat, type PaymentHash } from '@tercet/protocol';
import { withLatencies } from './latencies.js';
import { readHashes } from './held-hashes.js';

export type Told = 'memory' | number;
export interface MemoryUse {
  residentBytes: number;
}
/** Told once, before the daemon starts: how long the stand-in took to be what lnd would be already. */
export interface Planted {
  plantedMs: number;
}

const [dir = '', callMs = '0'] = process.argv.slice(2);
const PRICE = sat(100_000);

const lightning = new MemoryLightning();
const [agent, payer] = [lightning.node('agent'), lightning.node('payer')];
payer.balanceMsat = BigInt(Number.MAX_SAFE_INTEGER) * 1000n;

/** As in the trade that was copied: so that the node says what the journal knows. */
async function hold(hash: PaymentHash): Promise<void> {
  const request = await agent.createHold({
    hash,
    amountMsat: PRICE,
    cltvExpiry: blocks(432),
    expirySeconds: 3600,
    description: 'held',
  });
  await payer.pay({
    ...{ request, hash, amountMsat: PRICE, maxFeeMsat: msat(0n) },
    cltvLimit: blocks(700),
    attemptSeconds: 60,
  });
}

/** A look-up comes before each stream's first word, as with lnd. */
const lookedUpFirst = (node: MemoryNode): LightningNode => {
  const late = withLatencies(node, { call: Number(callMs), arrival: 0, settlement: 0, payment: 0 });
  return {
    ...late,
    close: () => {
      late.close();
    },
    async *watchInvoice(hash, signal) {
      await late.lookUpInvoice(hash);
      yield* late.watchInvoice(hash, signal);
    },
  };
};

const hashes = await readHashes(dir);
const beganMs = performance.now();
for (const hash of hashes) await hold(hash);
const planted: Planted = { plantedMs: performance.now() - beganMs };
process.send?.(planted);
const node = lookedUpFirst(agent);
const connect: ConnectNode = async () => ({
  lightning: node,
  identity: await node.identity(),
  tip: lightning.tip,
});
const shutdown = createShutdown((part, why) => process.stderr.write(`${part} ${why}\n`));
await serve(loadConfig('agent', ['--data-dir', dir], {}), shutdown, connect);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

process.on('message', (told: Told) => {
  if (told === 'memory') {
    collect();
    const answer: MemoryUse = { residentBytes: process.memoryUsage().rss };
    process.send?.(answer);
    return;
  }
  for (const hash of hashes.splice(0, told)) agent.invoices.cancel(hash);
});
process.on('disconnect', () => void shutdown.close());
