/**
 * The three daemons as they are, each a process of its own, on nodes in memory that answer after the time that lnd took:
 * what is left is what Tercet itself costs.
 */
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MemoryLightning, type LightningNode } from '@tercet/lightning';
import type { DaemonBackend } from '../stage/backend.js';
import { DaemonProcess } from '../stage/daemon-process.js';
import { freeAddress } from '../stage/free-port.js';
import { PARTIES, type PartyName } from '../stage/layout.js';
import { startParties } from '../stage/parties.js';
import { launchedAs } from '../stage/processes.js';
import type { Cast } from '../stage/reachable.js';
import { serveNode } from './far-node.js';
import { withLatencies, type Latencies } from './latencies.js';

const SCRIPT = fileURLToPath(new URL('memory-daemon.js', import.meta.url));
const NO_LND = { socket: '127.0.0.1:1', certPath: '/dev/null', macaroonPath: '/dev/null' };

export class MemoryProcesses implements Cast {
  private constructor(
    readonly daemons: Record<PartyName, DaemonProcess>,
    readonly agentKey: string,
    readonly nodes: Record<PartyName, LightningNode>,
    private readonly folder: string,
  ) {}

  /** @param settings of each party, on top of its own. */
  static async put(
    latencies: Latencies,
    settings: Record<PartyName, Record<string, unknown>>,
  ): Promise<MemoryProcesses> {
    const folder = await mkdtemp(join(tmpdir(), 'tercet-memory-'));
    const lightning = new MemoryLightning();
    const node = (party: PartyName) => withLatencies(lightning.node(party), latencies);
    const nodes = { maker: node('maker'), taker: node('taker'), agent: node('agent') };
    const { daemons, agentKey } = await startParties(async (party, own) => {
      const config = { network: 'regtest', lnd: NO_LND, ...own, ...settings[party] };
      const spec = { party, dir: join(folder, party), listen: await freeAddress(), config };
      const daemon = await DaemonProcess.prepare(spec, servedBy(nodes[party]));
      await daemon.start();
      return daemon;
    });
    return new MemoryProcesses(daemons, agentKey, nodes, folder);
  }

  async strike(): Promise<void> {
    await Promise.all(PARTIES.map((party) => this.daemons[party].stop()));
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Processes whose node lives here. */
const servedBy = (node: LightningNode): DaemonBackend => ({
  lndOf: () => NO_LND,
  prepare: () => Promise.resolve(),
  launch({ party, dir }, logPath, onLine) {
    const child = fork(SCRIPT, [party, '--data-dir', dir], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Amounts are bigints, which JSON has not.
      serialization: 'advanced',
    });
    serveNode(node, child);
    return launchedAs(child, logPath, onLine);
  },
});
