import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { bitcoindArguments, btcdArguments } from '../arguments.js';
import { bitcoindNode } from '../bitcoind-node.js';
import { btcdNode } from '../btcd-node.js';
import type { Chain, ChainNode } from '../port.js';
import { freePort } from '../ports.js';
import type { Dock } from './dock.js';
import { bitcoindImage, IMAGES } from './engine.js';

const DATA = '/data';
const BTCD = { name: 'btcd', p2p: 18_444, rpc: 18_334 };
const BITCOIND = { name: 'bitcoind', rpc: 18_443 };

interface ChainSpec {
  dir: string;
  miningAddress: string;
}

/** Where the other containers reach the chain's RPC. */
export function chainHostInside({ software }: Chain): string {
  const { name, rpc } = software === 'btcd' ? BTCD : BITCOIND;
  return `${name}:${String(rpc)}`;
}

/** The btcd that tools/regtest-nodes pins. */
export async function startBtcd(dock: Dock, { dir, miningAddress }: ChainSpec): Promise<ChainNode> {
  const port = await freePort();
  const [user, pass] = ['tercet', randomBytes(16).toString('hex')];
  const args = btcdArguments({
    dir: DATA,
    listen: `0.0.0.0:${String(BTCD.p2p)}`,
    rpcListen: `0.0.0.0:${String(BTCD.rpc)}`,
    user,
    pass,
    certPath: `${DATA}/rpc.cert`,
    miningAddress,
  });
  const container = await dock.start({
    name: BTCD.name,
    image: IMAGES.btcd,
    command: ['btcd', ...args],
    environment: { HOME: DATA },
    ports: [{ container: BTCD.rpc, host: port }],
    mounts: [{ source: dir, target: DATA }],
    user: dock.user,
    ready: /RPC server listening on/,
    logPath: join(dir, 'btcd.log'),
  });
  return btcdNode(container, { port, user, pass, certPath: join(dir, 'rpc.cert') });
}

/**
 * Bitcoin Core from a public image. Written from Bitcoin Core's and lnd's documentation: where no registry is reachable
 * the contract in chain.e2e.test.ts runs against btcd alone, and the run says so.
 */
export async function startBitcoind(dock: Dock, { dir, miningAddress }: ChainSpec): Promise<ChainNode> {
  const port = await freePort();
  const [user, pass] = ['tercet', randomBytes(16).toString('hex')];
  const container = await dock.start({
    name: BITCOIND.name,
    image: bitcoindImage(),
    command: ['bitcoind', ...bitcoindArguments({ dir: DATA, rpcPort: BITCOIND.rpc, user, pass })],
    environment: { HOME: DATA },
    ports: [{ container: BITCOIND.rpc, host: port }],
    mounts: [{ source: dir, target: DATA }],
    user: dock.user,
    ready: /Done loading/,
    logPath: join(dir, 'bitcoind.log'),
  });
  return bitcoindNode(container, { port, user, pass, miningAddress });
}
