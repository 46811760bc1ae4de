import { height } from '@tercet/protocol';
import type { LightningNode } from '../port.js';
import type { Connection } from './connection.js';
import type { InfoMessage } from './proto.js';

export const permissions = ['/lnrpc.Lightning/GetInfo'] as const;

/**
 * The best block the node knows, and whether it is the chain's.
 * lnd permission: /lnrpc.Lightning/GetInfo
 */
export const tip =
  (lnd: Connection): LightningNode['tip'] =>
  async () => {
    const info = await lnd.call<InfoMessage>('say its height', (to, o, answer) =>
      to.default.getInfo({}, o, answer),
    );
    return { height: height(info.block_height), hash: info.block_hash, isSynced: info.synced_to_chain };
  };
