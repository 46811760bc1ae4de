import { regtestBinaries, startNetwork, until, type LndNode, type RegtestNetwork } from '@tercet/regtest';
import { closeChannel, getChannels, getNetworkGraph } from 'lightning';
import { lightningContract, type ContractNetwork } from '../contract.js';
import { bakeMacaroon } from './bake-macaroon.js';
import { connectLnd } from './connect.js';
import { LND_PERMISSIONS } from './permissions.js';

/** Connected with a macaroon that allows the calls of the port and nothing else (S35). */
const connected = async (node: LndNode) => {
  const admin = { socket: node.rpcSocket, certPath: node.tlsCertPath, macaroonPath: node.adminMacaroonPath };
  const macaroon = await bakeMacaroon(admin, LND_PERMISSIONS, 7n);
  return connectLnd({ socket: node.rpcSocket, certPath: node.tlsCertPath, macaroon });
};

/** Closes the node's one channel, by which it came to know the others, and waits until all have noticed. */
const leaveAlone = async (network: RegtestNetwork, name: string): Promise<void> => {
  const { lnd } = network.node(name);
  const [channel] = (await getChannels({ lnd })).channels;
  if (!channel) throw new Error(`${name} has no channel.`);
  const { transaction_id, transaction_vout } = channel;
  await closeChannel({ lnd, transaction_id, transaction_vout });
  await network.mine(6);
  for (const node of Object.values(network.nodes))
    await until(`${node.name} to forget the channel of ${name}`, async () => {
      const { channels } = await getNetworkGraph({ lnd: node.lnd });
      return channels.some(({ id }) => id === channel.id) ? undefined : true;
    });
};

const setup = async (): Promise<ContractNetwork> => {
  const network = await startNetwork({
    binaries: regtestBinaries(),
    nodes: ['host', 'payer', 'router', 'stranger'],
    channels: [
      { from: 'payer', to: 'router', capacitySat: 10_000_000 },
      { from: 'router', to: 'host', capacitySat: 10_000_000 },
      { from: 'stranger', to: 'router', capacitySat: 1_000_000 },
    ],
  });
  await leaveAlone(network, 'stranger');
  const [host, payer, stranger] = await Promise.all(
    ['host', 'payer', 'stranger'].map((name) => connected(network.node(name))),
  );
  if (!host || !payer || !stranger) throw new Error('A node is missing.');
  const { tlsCertPath, adminMacaroonPath } = network.node('host');
  // Port 1 is assigned (tcpmux) and answers nowhere.
  const unreachable = connectLnd({
    socket: 'localhost:1',
    certPath: tlsCertPath,
    macaroonPath: adminMacaroonPath,
  });
  return {
    host,
    payer,
    stranger,
    unreachable,
    mine: async (count) => {
      await network.mine(count);
    },
    stop: async () => {
      for (const node of [host, payer, stranger, unreachable]) node.close();
      await network.stop();
    },
  };
};

lightningContract('lnd, through a router, on a macaroon with LND_PERMISSIONS', setup);
