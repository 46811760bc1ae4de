import { TercetError, type Network, type NodeId } from '@tercet/protocol';
import type { LightningNode } from '../port.js';
import type { Connection } from './connection.js';
import type { InfoMessage } from './proto.js';

export const permissions = ['/lnrpc.Lightning/GetInfo'] as const;

const NETWORKS: Readonly<Record<string, Network>> = {
  regtest: 'regtest',
  signet: 'signet',
  testnet: 'testnet',
  mainnet: 'bitcoin',
};

/**
 * Who the node is and on which chain.
 * lnd permission: /lnrpc.Lightning/GetInfo
 */
export const identity =
  (lnd: Connection): LightningNode['identity'] =>
  async () => {
    const info = await lnd.call<InfoMessage>('say who it is', (to, o, answer) =>
      to.default.getInfo({}, o, answer),
    );
    const chain = info.chains[0]?.network ?? '';
    const network = NETWORKS[chain];
    if (network === undefined)
      throw new TercetError(
        'NODE_UNSUPPORTED',
        `The Lightning node is on the chain "${chain}". Nothing was sent.`,
        {
          wayOut: 'Use a node on bitcoin, testnet, signet or regtest.',
        },
      );
    return { nodeId: info.identity_pubkey as NodeId, network, alias: info.alias, version: info.version };
  };
