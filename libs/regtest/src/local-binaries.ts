import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { authenticatedLndGrpc, getWalletInfo, type AuthenticatedLnd } from 'lightning';

import { callChain } from './chain-rpc.js';
import { Child } from './child.js';
import { btcdArguments, lndArguments } from './arguments.js';
import { freePort } from './ports.js';
import type { ChainNode, LndNode, LndSpec, NodeProvider } from './port.js';
import { until } from './wait.js';

/** Nodes as plain processes of this machine. */
export function localBinaries(binaries: { lnd: string; btcd: string }): NodeProvider {
  return {
    startChain: (spec) => startBtcd(binaries.btcd, spec),
    startLnd: (spec, chain) => startLnd(binaries.lnd, spec, chain),
  };
}

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
    p2pPort: await freePort(),
    rpcPort: port,
    user,
    pass,
    certPath,
    miningAddress,
  });
  const child = await Child.start('btcd', binary, args, join(dir, 'btcd.log'));
  const call = async (method: string, params: readonly unknown[] = []) => {
    const ca = await readFile(certPath, 'utf8');
    return callChain({ host: '127.0.0.1', port, user, pass, ca }, method, params);
  };
  await until('btcd to answer', () => {
    child.assertRunning();
    return call('getblockcount');
  });
  return {
    rpcUrl: `https://127.0.0.1:${String(port)}`,
    user,
    pass,
    certPath,
    call,
    stop: () => child.stop(),
  };
}

async function startLnd(binary: string, spec: LndSpec, chain: ChainNode): Promise<LndNode> {
  await mkdir(spec.dir, { recursive: true });
  const rpcSocket = `localhost:${String(await freePort())}`;
  const p2pAddress = `127.0.0.1:${String(await freePort())}`;
  const tlsCertPath = join(spec.dir, 'tls.cert');
  const adminMacaroonPath = join(spec.dir, 'data/chain/bitcoin/regtest/admin.macaroon');
  const logPath = join(spec.dir, 'lnd.log');
  const args = lndArguments(spec, chain, { rpcSocket, p2pAddress });

  const run = async (extraArgs: readonly string[]) => {
    const child = await Child.start(`lnd ${spec.name}`, binary, [...args, ...extraArgs], logPath);
    try {
      return { child, ...(await connect(child, { rpcSocket, tlsCertPath, adminMacaroonPath })) };
    } catch (error) {
      await child.kill();
      throw error;
    }
  };
  let now = await run([]);
  return {
    name: spec.name,
    nodeId: now.nodeId,
    rpcSocket,
    tlsCertPath,
    adminMacaroonPath,
    p2pAddress,
    logPath,
    dataDir: spec.dir,
    get lnd() {
      return now.lnd;
    },
    get pid() {
      return now.child.pid;
    },
    get isRunning() {
      return !now.child.hasEnded;
    },
    stop: () => now.child.stop(),
    kill: () => now.child.kill(),
    start: async (extraArgs = []) => {
      if (!now.child.hasEnded) throw new Error(`lnd ${spec.name} is running already`);
      now = await run(extraArgs);
    },
  };
}

/** A client for that lnd once it serves every call and knows the tip. */
async function connect(
  child: Child,
  access: { rpcSocket: string; tlsCertPath: string; adminMacaroonPath: string },
): Promise<{ lnd: AuthenticatedLnd; nodeId: string }> {
  await until(`${access.adminMacaroonPath} to exist`, () => {
    child.assertRunning();
    return Promise.resolve(
      existsSync(access.adminMacaroonPath) && existsSync(access.tlsCertPath) ? true : undefined,
    );
  });
  const { lnd } = authenticatedLndGrpc({
    cert: await readFile(access.tlsCertPath, 'base64'),
    macaroon: await readFile(access.adminMacaroonPath, 'base64'),
    socket: access.rpcSocket,
  });
  return until(`lnd at ${access.rpcSocket} to be synced`, async () => {
    child.assertRunning();
    const info = await getWalletInfo({ lnd });
    return info.is_synced_to_chain ? { lnd, nodeId: info.public_key } : undefined;
  });
}
