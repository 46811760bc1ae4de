import { height } from '@tercet/protocol';
import type { LightningNode, Tip } from '../port.js';
import type { Connection } from './connection.js';
import type { BlockMessage } from './proto.js';

export const permissions = ['/chainrpc.ChainNotifier/RegisterBlockEpochNtfn'] as const;

/** The notifier sends the hash in the order of the wire; people and every other call read it reversed. */
const tipOf = (block: BlockMessage): Tip => ({
  height: height(block.height),
  hash: Buffer.from(block.hash).reverse().toString('hex'),
});

/**
 * The tip now, then each new one; after a reorg that may be a lower height.
 * lnd permission: /chainrpc.ChainNotifier/RegisterBlockEpochNtfn
 */
export const watchTip = (lnd: Connection): LightningNode['watchTip'] =>
  async function* (signal) {
    const blocks = lnd.stream('follow the chain', (to, o) => to.chain.registerBlockEpochNtfn({}, o), signal);
    for await (const block of blocks) yield tipOf(block);
  };
