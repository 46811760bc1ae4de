import { readFile } from 'node:fs/promises';

import { callChain } from './chain-rpc.js';
import type { Running } from './child.js';
import type { ChainNode } from './port.js';
import { until } from './wait.js';

/** A btcd that runs already, whatever it runs in; returns when its RPC answers at a port of the loopback. */
export async function btcdNode(
  running: Running,
  access: { port: number; user: string; pass: string; certPath: string },
): Promise<ChainNode> {
  const { port, user, pass, certPath } = access;
  const call = async (method: string, params: readonly unknown[] = []) => {
    const ca = await readFile(certPath, 'utf8');
    return callChain({ host: '127.0.0.1', port, user, pass, ca }, method, params);
  };
  await until('btcd to answer', () => {
    running.assertRunning();
    return call('getblockcount');
  });
  return {
    software: 'btcd',
    rpcUrl: `https://127.0.0.1:${String(port)}`,
    user,
    pass,
    certPath,
    call,
    stop: () => running.stop(),
  };
}
