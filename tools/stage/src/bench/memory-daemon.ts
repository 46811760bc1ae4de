/** A daemon as it is, in a process of its own, whose node is its parent's. Arguments: party, then the daemon's own. */
import { loadConfig, runDaemon, type ConnectNode, type Shutdown } from '@tercet/daemon';
import { serve as serveAgent } from '@tercet/escrow-agent';
import { serve as serveMaker } from '@tercet/maker-daemon';
import { serve as serveTaker } from '@tercet/taker-daemon';
import type { PartyName } from '../stage/layout.js';
import { farNode } from './far-node.js';

const [party = '', ...argv] = process.argv.slice(2);
const lightning = farNode();
const connect: ConnectNode = async () => ({
  lightning,
  identity: await lightning.identity(),
  tip: await lightning.tip(),
});

const SERVE: Record<PartyName, (shutdown: Shutdown) => Promise<void>> = {
  maker: (shutdown) => serveMaker(loadConfig('maker', argv, process.env), shutdown, connect),
  taker: (shutdown) => serveTaker(loadConfig('taker', argv, process.env), shutdown, connect),
  agent: (shutdown) => serveAgent(loadConfig('agent', argv, process.env), shutdown, connect),
};

await runDaemon(party, SERVE[party as PartyName]);
// Its parent is gone without having stopped it.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
