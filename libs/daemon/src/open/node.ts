/** Connects to the party's own Lightning node, on a macaroon with just the calls this daemon makes (S35). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LightningNode, NodeCall, NodeIdentity, Tip } from '@tercet/lightning';
import { bakeMacaroon, connectLnd, lndPermissionsFor } from '@tercet/lightning';
import type { Network } from '@tercet/protocol';
import { hasCode, HOLD_EXPIRY_DELTA, TercetError } from '@tercet/protocol';
import { guardNetwork } from '../lifecycle/index.js';
import { writePrivateFile } from '../grpc/private-file.js';
import type { Role } from '../config/index.js';

export interface NodeConfig {
  role: Role;
  dataDir: string;
  network: Network;
  allowMainnet: boolean;
  lnd: { socket: string; certPath: string; macaroonPath: string };
}

export interface OpenNode {
  lightning: LightningNode;
  identity: NodeIdentity;
  tip: Tip;
}

/** How a daemon comes to its node. */
export type ConnectNode = (config: NodeConfig) => Promise<OpenNode>;

const BOTH: readonly NodeCall[] = [
  'identity',
  'tip',
  'watchTip',
  'holdExpiryDelta',
  'createHold',
  'createInvoice',
  'lookUpInvoice',
  'watchInvoice',
  'watchEnds',
  'settleHold',
  'cancelHold',
  'decode',
  'pay',
  'lookUpPayment',
  'watchPayment',
];
/** What each daemon asks of its node. Only a payer probes routes; only an agent looks whether the channels of a hold are open. */
const CALLS: Record<Role, readonly NodeCall[]> = {
  maker: BOTH,
  taker: [...BOTH, 'probe'],
  agent: [...BOTH, 'channelsActive'],
};

/** Throws what is wrong with the node, before anything else of the daemon opens: NODE_*, NETWORK_MISMATCH, HOLD_EXPIRY_TOO_LARGE. */
export async function openNode(config: NodeConfig): Promise<OpenNode> {
  try {
    return await connectNode(config);
  } catch (error) {
    throw hasCode(error, 'NODE_UNAVAILABLE') ? noAnswer(config.lnd.socket, error) : error;
  }
}

const noAnswer = (socket: string, cause: unknown) =>
  new TercetError(
    'NODE_UNAVAILABLE',
    `The Lightning node at ${socket} does not answer. Nothing was started.`,
    {
      wayOut: 'Start lnd, or set lnd.socket to where it listens.',
      cause,
    },
  );

async function connectNode(config: NodeConfig): Promise<OpenNode> {
  const { socket, certPath } = config.lnd;
  const lightning = connectLnd({ socket, certPath, macaroon: await ownMacaroon(config) });
  try {
    const identity = await lightning.identity();
    guardNetwork(config, identity.network);
    await guardHoldExpiry(lightning);
    return { lightning, identity, tip: await lightning.tip() };
  } catch (error) {
    lightning.close();
    throw error;
  }
}

/**
 * Bakes a macaroon with just this daemon's calls. Where the given one may not bake, it is used as it is: somebody has
 * prepared it.
 */
async function ownMacaroon(config: NodeConfig): Promise<string> {
  const given = await macaroonIn(config.lnd.macaroonPath);
  const { socket, certPath } = config.lnd;
  try {
    const baked = await bakeMacaroon(
      { socket, certPath, macaroon: given },
      lndPermissionsFor(CALLS[config.role]),
    );
    await writePrivateFile(join(config.dataDir, 'lnd.macaroon'), baked);
    return baked;
  } catch (error) {
    if (hasCode(error, 'NODE_UNAUTHORIZED')) return given;
    throw error;
  }
}

async function macaroonIn(path: string): Promise<string> {
  try {
    return (await readFile(path)).toString('hex');
  } catch (cause) {
    throw new TercetError('MACAROON_MISSING', `The macaroon ${path} can not be read. Nothing was started.`, {
      wayOut: "Set lnd.macaroonPath to the node's admin.macaroon, or to one prepared for this daemon.",
      cause,
    });
  }
}

/** D is a constant of the terms: a host whose node lets go earlier would break them (S14). */
async function guardHoldExpiry(lightning: LightningNode): Promise<void> {
  const delta = await lightning.holdExpiryDelta();
  if (delta <= HOLD_EXPIRY_DELTA) return;
  throw new TercetError(
    'HOLD_EXPIRY_TOO_LARGE',
    `The node cancels holds ${String(delta)} blocks before they expire; Tercet counts on at most ${String(HOLD_EXPIRY_DELTA)}. Nothing was started.`,
    { wayOut: `Set invoices.holdexpirydelta=${String(HOLD_EXPIRY_DELTA)} in lnd.conf and restart lnd.` },
  );
}
