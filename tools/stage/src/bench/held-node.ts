/**
 * A node in memory, in a process of its own, that holds what the journal of a benchmark's agent speaks of. Arguments: the
 * agent's data folder, milliseconds that the node takes to answer. Says `ready` once it can be reached, and does
 * what it is told.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { MemoryLightning } from '@tercet/lightning';
import { blocks, msat, sat, type PaymentHash } from '@tercet/protocol';
import { withLatencies } from './latencies.js';
import { nodeIn, readHashes } from './held-hashes.js';
import { offerNode } from './remote-node.js';

export type Told = { cancel: number } | { mine: number };

const [dir = '', callMs = '0'] = process.argv.slice(2);
const BLOCK_MS = 10;
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

/** Apart, so that each block is one of its own for whoever follows them. */
async function mine(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) {
    lightning.mine(1);
    await pause(BLOCK_MS);
  }
}

const hashes = await readHashes(dir);
for (const hash of hashes) await hold(hash);
const late = withLatencies(agent, { call: Number(callMs), arrival: 0, settlement: 0, payment: 0 });
await offerNode(late, nodeIn(dir));
process.send?.('ready');
process.on('message', (told: Told) => {
  if ('cancel' in told) for (const hash of hashes.splice(0, told.cancel)) agent.invoices.cancel(hash);
  else void mine(told.mine);
});
process.on('disconnect', () => process.exit());
