import { callChain } from './chain-rpc.js';
import type { Running } from './child.js';
import type { ChainNode } from './port.js';
import { until } from './wait.js';

/** A bitcoind that runs already; returns when its RPC answers at a port of the loopback. */
export async function bitcoindNode(
  running: Running,
  { port, user, pass, miningAddress }: { port: number; user: string; pass: string; miningAddress: string },
): Promise<ChainNode> {
  const ask = (method: string, params: readonly unknown[]) =>
    callChain({ host: '127.0.0.1', port, user, pass }, method, params);
  await until('bitcoind to answer', () => {
    running.assertRunning();
    return ask('getblockcount', []);
  });
  return {
    software: 'bitcoind',
    rpcUrl: `http://127.0.0.1:${String(port)}`,
    user,
    pass,
    certPath: '',
    // It has no `generate` of its own any more: whom the blocks pay is said with each call.
    call: (method, params = []) =>
      method === 'generate' ? ask('generatetoaddress', [...params, miningAddress]) : ask(method, params),
    stop: () => running.stop(),
  };
}
