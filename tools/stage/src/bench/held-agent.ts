/**
 * An escrow agent as it is, in a process of its own that can be killed, on the node of held-node.ts. Argument: data folder.
 * Told `memory` or `cpu` it answers with what it uses, for `memory` once its garbage is gone.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createShutdown, loadConfig, type ConnectNode } from '@tercet/daemon';
import { serve } from '@tercet/escrow-agent';
import { nodeIn } from './held-hashes.js';
import { reachNode } from './remote-node.js';

export type Asked = 'memory' | 'cpu';
export interface Use {
  residentBytes: number;
  /** The most that it ever had. */
  peakBytes: number;
  /** What is in use: JavaScript's own, and buffers. */
  liveBytes: number;
  /** Processor time since the start. */
  cpuMs: number;
}

const KIB = 1_024;
const [dir = ''] = process.argv.slice(2);

const connect: ConnectNode = async () => {
  const lightning = await reachNode(nodeIn(dir));
  return { lightning, identity: await lightning.identity(), tip: await lightning.tip() };
};
const shutdown = createShutdown((part, why) => process.stderr.write(`${part} ${why}\n`));
await serve(loadConfig('agent', ['--data-dir', dir], {}), shutdown, connect);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

process.on('message', (asked: Asked) => {
  if (asked === 'memory') collect();
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const use: Use = {
    residentBytes: rss,
    peakBytes: process.resourceUsage().maxRSS * KIB,
    liveBytes: heapUsed + external,
    cpuMs: (user + system) / 1000,
  };
  process.send?.(use);
});
process.on('disconnect', () => void shutdown.close());
