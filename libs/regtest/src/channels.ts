import {
  addPeer,
  createChainAddress,
  getChainBalance,
  getChannels,
  getNetworkGraph,
  openChannel,
} from 'lightning';

import type { Miner } from './miner.js';
import type { Chain, ChannelSpec, LndNode } from './port.js';
import { Fatal, until } from './wait.js';

/** On top of a channel's capacity, for its funding fee and lnd's anchor reserve. */
const marginSat = 1_000_000;

type Nodes = Record<string, LndNode>;

/** Gives every node one coin more than the channels it opens, each large enough for any of them. */
export async function fundNodes(
  chain: Chain,
  miner: Miner,
  nodes: readonly LndNode[],
  channels: readonly ChannelSpec[],
): Promise<void> {
  const amountSat = BigInt(
    Math.max(...channels.map(({ capacitySat }) => capacitySat), 9 * marginSat) + marginSat,
  );
  const outputs = await Promise.all(
    nodes.map(async ({ name, lnd }) => {
      const opened = channels
        .filter(({ from }) => from === name)
        .reduce((sum, { count = 1 }) => sum + count, 0);
      const { address } = await createChainAddress({ lnd, format: 'p2wpkh' });
      return Array.from({ length: opened + 1 }, () => ({ address, amountSat }));
    }),
  );
  await miner.pay(chain, outputs.flat());
}

/** Returns once the node's wallet counts all its coins as confirmed. */
export async function waitFunded(node: LndNode): Promise<void> {
  await until(`${node.name}'s coins`, async () => {
    const { chain_balance: balance } = await getChainBalance({ lnd: node.lnd });
    return balance > 0 ? true : undefined;
  });
}

/** Opens all channels, those of one node one after the other; returns their funding outpoints. */
export async function openChannels(nodes: Nodes, channels: readonly ChannelSpec[]): Promise<string[]> {
  const openers = Object.values(nodes).map(async (from) => {
    const outpoints: string[] = [];
    for (const spec of channels.filter((channel) => channel.from === from.name)) {
      const to = nodes[spec.to];
      if (!to) throw new Error(`No node named ${spec.to} to open a channel to`);
      for (let opened = 0; opened < (spec.count ?? 1); opened += 1) {
        outpoints.push(await openOne(from, to, spec));
      }
    }
    return outpoints;
  });
  return (await Promise.all(openers)).flat();
}

/** Peers that have just met sometimes part again before they have agreed on a channel: nothing was funded then. */
const PARTED = new Set(['RemotePeerExited', 'RemotePeerDisconnected', 'PeerNotConnected', 'PeerIsNotOnline']);

const openOne = (from: LndNode, to: LndNode, spec: ChannelSpec): Promise<string> =>
  until(`a channel from ${from.name} to ${to.name}`, async () => {
    try {
      await addPeer({ lnd: from.lnd, public_key: to.nodeId, socket: to.p2pAddress });
      const channel = await openChannel({
        lnd: from.lnd,
        partner_public_key: to.nodeId,
        local_tokens: spec.capacitySat,
        give_tokens: spec.pushSat ?? 0,
      });
      return `${channel.transaction_id}:${String(channel.transaction_vout)}`;
    } catch (error) {
      if (parted(error)) return undefined;
      throw new Fatal(`lnd refused a channel from ${from.name} to ${to.name}: ${JSON.stringify(error)}`);
    }
  });

/** npm `lightning` throws arrays: code, reason, details. */
const parted = (error: unknown): boolean => Array.isArray(error) && PARTED.has(String(error[1]));

/**
 * Returns once the node's own channels are active and the whole network is in its graph with both policies. lnd
 * knows a channel as active well before it can route through it.
 */
export async function waitRoutable(node: LndNode, outpoints: readonly string[]): Promise<void> {
  await until(`${node.name}'s channels to be active`, async () => {
    const { channels } = await getChannels({ lnd: node.lnd });
    const pending = channels.filter(({ is_active: isActive }) => !isActive);
    return pending.length === 0 ? true : undefined;
  });
  await until(`all channels in ${node.name}'s graph`, async () => {
    const { channels } = await getNetworkGraph({ lnd: node.lnd });
    const usable = new Set(
      channels
        .filter(({ policies }) => policies.every(({ base_fee_mtokens: fee }) => fee !== undefined))
        .map((channel) => `${channel.transaction_id}:${String(channel.transaction_vout)}`),
    );
    return outpoints.every((outpoint) => usable.has(outpoint)) ? true : undefined;
  });
}
