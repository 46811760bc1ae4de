import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { authenticatedLndGrpc, getWalletInfo, type AuthenticatedLnd } from 'lightning';

import type { Running } from './child.js';
import type { LndNode } from './port.js';
import { until } from './wait.js';

/** What an lnd is reached by, over all its starts. */
interface LndAccess {
  name: string;
  dir: string;
  rpcSocket: string;
  p2pAddress: string;
  logPath: string;
}

/**
 * An lnd from the one thing that differs between processes and containers: how it is launched, on the same data and
 * ports each time.
 */
export async function lndNode(
  access: LndAccess,
  launch: (extraArgs: readonly string[]) => Promise<Running>,
): Promise<LndNode> {
  const tlsCertPath = join(access.dir, 'tls.cert');
  const adminMacaroonPath = join(access.dir, 'data/chain/bitcoin/regtest/admin.macaroon');
  const run = async (extraArgs: readonly string[]) => {
    const running = await launch(extraArgs);
    try {
      return {
        running,
        ...(await connect(running, { rpcSocket: access.rpcSocket, tlsCertPath, adminMacaroonPath })),
      };
    } catch (error) {
      await running.kill();
      throw error;
    }
  };
  let now = await run([]);
  return {
    name: access.name,
    nodeId: now.nodeId,
    rpcSocket: access.rpcSocket,
    tlsCertPath,
    adminMacaroonPath,
    p2pAddress: access.p2pAddress,
    logPath: access.logPath,
    dataDir: access.dir,
    get lnd() {
      return now.lnd;
    },
    get pid() {
      return now.running.pid;
    },
    get isRunning() {
      return !now.running.hasEnded;
    },
    stop: () => now.running.stop(),
    kill: () => now.running.kill(),
    start: async (extraArgs = []) => {
      if (!now.running.hasEnded) throw new Error(`lnd ${access.name} is running already`);
      now = await run(extraArgs);
    },
  };
}

/** A client for that lnd once it serves every call and knows the tip. */
async function connect(
  running: Running,
  access: { rpcSocket: string; tlsCertPath: string; adminMacaroonPath: string },
): Promise<{ lnd: AuthenticatedLnd; nodeId: string }> {
  await until(`${access.adminMacaroonPath} to exist`, () => {
    running.assertRunning();
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
    running.assertRunning();
    const info = await getWalletInfo({ lnd });
    return info.is_synced_to_chain ? { lnd, nodeId: info.public_key } : undefined;
  });
}
