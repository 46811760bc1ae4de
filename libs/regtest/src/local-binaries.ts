import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { btcdArguments, lndArguments } from './arguments.js';
import { btcdNode } from './btcd-node.js';
import { Child } from './child.js';
import { lndNode } from './lnd-node.js';
import { freePort } from './ports.js';
import type { ChainNode, LndNode, LndSpec, NodeProvider } from './port.js';

/** Nodes as plain processes of this machine. */
export function localBinaries(binaries: { lnd: string; btcd: string }): NodeProvider {
  return {
    startChain: (spec) => startBtcd(binaries.btcd, spec),
    startLnd: (spec, chain) => startLnd(binaries.lnd, spec, chain),
  };
}

const onLoopback = (port: number): string => `127.0.0.1:${String(port)}`;

async function startBtcd(
  binary: string,
  { dir, miningAddress }: { dir: string; miningAddress: string },
): Promise<ChainNode> {
  await mkdir(dir, { recursive: true });
  const port = await freePort();
  const [user, pass] = ['tercet', randomBytes(16).toString('hex')];
  const certPath = join(dir, 'rpc.cert');
  const args = btcdArguments({
    dir,
    listen: onLoopback(await freePort()),
    rpcListen: onLoopback(port),
    user,
    pass,
    certPath,
    miningAddress,
  });
  const child = await Child.start('btcd', binary, args, join(dir, 'btcd.log'));
  return btcdNode(child, { port, user, pass, certPath });
}

async function startLnd(binary: string, spec: LndSpec, chain: ChainNode): Promise<LndNode> {
  await mkdir(spec.dir, { recursive: true });
  const rpcPort = await freePort();
  const p2pAddress = onLoopback(await freePort());
  const logPath = join(spec.dir, 'lnd.log');
  const args = lndArguments(spec, chain, {
    dir: spec.dir,
    chainHost: new URL(chain.rpcUrl).host,
    chainCertPath: chain.certPath,
    listen: p2pAddress,
    rpcListen: onLoopback(rpcPort),
    announce: `--externalip=${p2pAddress}`,
  });
  return lndNode(
    { name: spec.name, dir: spec.dir, rpcSocket: `localhost:${String(rpcPort)}`, p2pAddress, logPath },
    (extraArgs) => Child.start(`lnd ${spec.name}`, binary, [...args, ...extraArgs], logPath),
  );
}
