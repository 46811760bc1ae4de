import { EventEmitter } from 'node:events';
import { beforeEach, expect, test } from '@jest/globals';
import { MemoryLightning, type LightningNode } from '@tercet/lightning';
import {
  blocks,
  msat,
  sha256Hex,
  type PaymentHash,
  type PaymentRequest,
  type Preimage,
} from '@tercet/protocol';
import { farNode, serveNode } from './far-node.js';

/** Two ends of one channel; what goes through is a copy, as between processes. */
function channel() {
  const end = () => Object.assign(new EventEmitter(), { connected: true });
  const [parent, child] = [end(), end()];
  const to = (other: EventEmitter) => (message: unknown) =>
    setImmediate(() => other.emit('message', structuredClone(message)));
  return [Object.assign(parent, { send: to(child) }), Object.assign(child, { send: to(parent) })] as const;
}

const preimage = '07'.repeat(32) as Preimage;
const hash = sha256Hex(preimage) as PaymentHash;
const hold = { hash, amountMsat: msat(5000n), cltvExpiry: blocks(144), expirySeconds: 60, description: '' };

let near: LightningNode;
let far: LightningNode;
let leave: () => void;
beforeEach(() => {
  const [parent, child] = channel();
  near = new MemoryLightning().node('host');
  serveNode(near, child);
  far = farNode(parent);
  leave = () => child.emit('disconnect');
});

test('a call is answered as the node does, amounts included', async () => {
  const request = await far.createHold(hold);
  expect(await far.lookUpInvoice(hash)).toMatchObject({ request, amountMsat: hold.amountMsat });
  expect(await near.lookUpInvoice(hash)).toEqual(await far.lookUpInvoice(hash));
});

test('what the node refuses keeps its code', async () => {
  await expect(far.decode('lnbcrt' as PaymentRequest)).rejects.toMatchObject({ code: 'INVOICE_INVALID' });
});

test('a stream tells each state, and ends with the last one', async () => {
  await far.createHold(hold);
  const seen: string[] = [];
  for await (const { state } of far.watchInvoice(hash, new AbortController().signal)) {
    seen.push(state);
    if (state === 'open') await far.cancelHold(hash);
  }
  expect(seen).toEqual(['open', 'cancelled']);
});

test.each<[string, (stop: AbortController) => void]>([
  ['its reader has enough', (stop) => stop.abort()],
  ['the daemon is gone', () => leave()],
])('a stream is let go once %s', async (_, end) => {
  const stop = new AbortController();
  const tips = far.watchTip(stop.signal)[Symbol.asyncIterator]();
  expect((await tips.next()).value).toMatchObject({ height: (await near.tip()).height });
  const after = tips.next();
  end(stop);
  expect((await after).done).toBe(true);
});
