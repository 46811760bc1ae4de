/** What every daemon says of itself. */
import type { LightningNode, Tip } from '@tercet/lightning';
import type { Contact, Network, NodeId, PublicKey, Role } from '@tercet/protocol';
import { rpc } from '@tercet/protocol';
import type { Trades, TradeView } from '../executor/port.js';
import type { HostedService } from '../grpc/index.js';
import { hostService } from '../grpc/index.js';
import type { Payments } from '../payments/index.js';
import { rpcNetwork, rpcRole } from './names.js';
import { spendingView, stopView } from './payment-view.js';

export interface DaemonServiceDeps {
  role: Role;
  version: string;
  network: Network;
  node: Pick<LightningNode, 'identity' | 'tip'>;
  /** As it was at the start: shown while the node is out of reach. */
  nodeId: NodeId;
  identityKey: PublicKey;
  contact: Contact;
  trades: Pick<Trades, 'open' | 'now'>;
  /** Why no new trades are taken, or what else isn't as it should be, in words. */
  warnings: () => string[];
  /** Takes new trades. */
  ready: () => boolean;
  payments: Pick<Payments, 'stopped' | 'spending'>;
}

type NodeSeen =
  | { reachable: true; alias: string; version: string; nodeId: string; tip: Tip }
  | { reachable: false; why: string };

export const daemonServiceImplementation = (deps: DaemonServiceDeps): rpc.DaemonServiceImplementation => ({
  async getStatus() {
    const [node, open, stop, spending] = await Promise.all([
      look(deps.node),
      openAndOwed(deps.trades),
      deps.payments.stopped(),
      deps.payments.spending(),
    ]);
    const { height } = deps.trades.now();
    const warnings = [
      ...deps.warnings(),
      ...(node.reachable ? [] : [`The Lightning node is out of reach: ${node.why}`]),
    ];
    return {
      role: rpcRole(deps.role),
      version: deps.version,
      network: rpcNetwork(deps.network),
      lightning: {
        nodeId: node.reachable ? node.nodeId : deps.nodeId,
        alias: node.reachable ? node.alias : '',
        version: node.reachable ? node.version : '',
        reachable: node.reachable,
        synced: node.reachable && node.tip.height >= height,
      },
      tipHeight: height,
      tipHash: node.reachable ? node.tip.hash : '',
      identityKey: deps.identityKey,
      peerContact: deps.contact,
      ready: deps.ready() && node.reachable,
      warnings,
      ...open,
      stopped: stopView(stop),
      spending: spendingView(spending),
    };
  },
});

/** Says who and how a daemon is. */
export const daemonService = (deps: DaemonServiceDeps): HostedService =>
  hostService({
    definition: rpc.DaemonServiceDefinition,
    implementation: daemonServiceImplementation(deps),
    scopes: { getStatus: 'read' },
  });

/** Whatever keeps the node's answer away makes it unreachable: a status answers all the same. */
async function look(node: DaemonServiceDeps['node']): Promise<NodeSeen> {
  try {
    const [identity, tip] = await Promise.all([node.identity(), node.tip()]);
    return {
      reachable: true,
      tip,
      alias: identity.alias,
      version: identity.version,
      nodeId: identity.nodeId,
    };
  } catch (error) {
    return { reachable: false, why: error instanceof Error ? error.message : String(error) };
  }
}

/** How many trades run, and what is owed in them. */
async function openAndOwed(trades: Pick<Trades, 'open'>): Promise<{ openTrades: number; owedMsat: bigint }> {
  let [openTrades, owedMsat] = [0, 0n];
  for await (const view of trades.open()) {
    openTrades += 1;
    owedMsat += owed(view);
  }
  return { openTrades, owedMsat };
}

const owed = ({ state }: TradeView): bigint =>
  state.machines.debt === 'paid' ? 0n : (state.data.obligation?.amountMsat ?? 0n);
