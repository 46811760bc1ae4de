import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { lndArguments } from '../arguments.js';
import { feesDocument } from '../fee-source.js';
import { lndNode } from '../lnd-node.js';
import { freePort } from '../ports.js';
import type { ChainNode, ChainSoftware, FeeSource, LndNode, LndSpec, NodeProvider } from '../port.js';
import { chainHostInside, startBitcoind, startBtcd } from './chains.js';
import type { Dock } from './dock.js';
import { IMAGES } from './engine.js';

/** Where each service is inside its network, and its data inside its container. */
const DATA = '/data';
const CHAIN_DATA = '/chain';
const LND = { p2p: 9735, rpc: 10_009 };
const FEES = { name: 'fees', port: 8080 };

/** The name of a node's container. */
export const lndContainer = (node: string): string => `lnd-${node}`;
/** Where other containers reach a node's RPC; the name stands in its certificate. */
export const lndSocketInside = (node: string): string => `${lndContainer(node)}:${String(LND.rpc)}`;

/**
 * The same nodes as containers of one network, their data in folders of this machine. They are reached from here at
 * ports of the loopback, which they keep.
 */
export function containerProvider(dock: Dock, dir: string, chain: ChainSoftware = 'btcd'): NodeProvider {
  let chainFolder = '';
  return {
    startFees: () => startFees(dock, dir),
    startChain: async (spec) => {
      chainFolder = await dock.folder(spec.dir);
      return chain === 'btcd' ? startBtcd(dock, spec) : startBitcoind(dock, spec);
    },
    startLnd: (spec, chain) => startLnd(dock, spec, chain, chainFolder),
  };
}

async function startFees(dock: Dock, dir: string): Promise<FeeSource> {
  const folder = await dock.folder(join(dir, 'fees'));
  await writeFile(join(folder, 'fees.json'), feesDocument, { mode: 0o644 });
  const container = await dock.start({
    name: FEES.name,
    image: IMAGES.btcd,
    command: ['sh', '-c', `echo serving && exec httpd -f -p ${String(FEES.port)} -h ${DATA}`],
    mounts: [{ source: folder, target: DATA, readOnly: true }],
    user: dock.user,
    ready: /serving/,
    logPath: join(dir, 'fees.log'),
  });
  return {
    url: `http://${FEES.name}:${String(FEES.port)}/fees.json`,
    stop: () => container.kill(),
  };
}

async function startLnd(dock: Dock, spec: LndSpec, chain: ChainNode, chainFolder: string): Promise<LndNode> {
  const dir = await dock.folder(spec.dir);
  const name = lndContainer(spec.name);
  const port = await freePort();
  const p2pAddress = `${name}:${String(LND.p2p)}`;
  const logPath = join(dir, 'lnd.log');
  const args = lndArguments(spec, chain, {
    dir: DATA,
    chainHost: chainHostInside(chain),
    chainCertPath: `${CHAIN_DATA}/rpc.cert`,
    listen: `0.0.0.0:${String(LND.p2p)}`,
    rpcListen: `0.0.0.0:${String(LND.rpc)}`,
    // By name: after a restart the same container may have another address.
    announce: `--externalhosts=${p2pAddress}`,
  });
  return lndNode(
    { name: spec.name, dir, rpcSocket: `localhost:${String(port)}`, p2pAddress, logPath },
    (extra) =>
      dock.start({
        name,
        image: IMAGES.lnd,
        command: ['lnd', ...args, ...extra],
        environment: { HOME: DATA },
        ports: [{ container: LND.rpc, host: port }],
        mounts: [
          { source: dir, target: DATA },
          { source: chainFolder, target: CHAIN_DATA, readOnly: true },
        ],
        user: dock.user,
        logPath,
      }),
  );
}
