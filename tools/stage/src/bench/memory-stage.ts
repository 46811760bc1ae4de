/**
 * The three daemons as they are (gRPC, journal, queues), in this process, each on a node in memory that answers after the
 * time that lnd took: what is left is what Tercet itself costs.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  connectDaemon,
  createShutdown,
  loadConfig,
  seedPath,
  tokenPath,
  type ConnectNode,
  type DaemonConnection,
  type Shutdown,
} from '@tercet/daemon';
import { serve as serveAgent } from '@tercet/escrow-agent';
import { createSeed } from '@tercet/journal';
import { MemoryLightning, type LightningNode } from '@tercet/lightning';
import { serve as serveMaker } from '@tercet/maker-daemon';
import { serve as serveTaker } from '@tercet/taker-daemon';
import { freeAddress } from '../stage/free-port.js';
import { PARTIES, type PartyName } from '../stage/layout.js';
import { startParties } from '../stage/parties.js';
import { clientOf, type Cast, type Daemon } from '../stage/reachable.js';
import { withLatencies, type Latencies } from './latencies.js';

type Settings = Record<string, unknown>;

export interface Place {
  dir: string;
  address: string;
}

/** A daemon of this process, reached over the loopback as any other. */
class DaemonHere implements Daemon {
  constructor(private readonly connection: DaemonConnection) {}

  client: Daemon['client'] = (definition) => Promise.resolve(clientOf(this.connection, definition));

  close(): void {
    this.connection.close();
  }
}

export class MemoryStage implements Cast {
  private constructor(
    readonly daemons: Record<PartyName, DaemonHere>,
    readonly agentKey: string,
    readonly nodes: Record<PartyName, LightningNode>,
    /** Where each daemon's folder is, and where it listens. */
    readonly places: Record<PartyName, Place>,
    private readonly shutdown: Shutdown,
    private readonly folder: string,
  ) {}

  /**
   * @param settings of each party, on top of the stage's own.
   * @param seen what stands between a daemon and its node: nothing unless told.
   */
  static async put(
    latencies: Latencies,
    settings: (party: PartyName) => Settings,
    seen: (node: LightningNode) => LightningNode = (node) => node,
  ): Promise<MemoryStage> {
    const folder = await mkdtemp(join(tmpdir(), 'tercet-memory-'));
    const shutdown = createShutdown((part, why) => process.stderr.write(`${part} ${why}\n`));
    const lightning = new MemoryLightning();
    const node = (party: PartyName) => seen(withLatencies(lightning.node(party), latencies));
    const nodes = { maker: node('maker'), taker: node('taker'), agent: node('agent') };
    const place = async (party: PartyName): Promise<Place> => ({
      dir: join(folder, party),
      address: await freeAddress(),
    });
    const places = { maker: await place('maker'), taker: await place('taker'), agent: await place('agent') };
    const put = async (party: PartyName, own: Settings) => {
      const { dir, address: listen } = places[party];
      await mkdir(dir, { recursive: true, mode: 0o700 });
      await createSeed(seedPath(dir));
      const config = { network: 'regtest', dataDir: dir, listen, lnd: NO_LND, ...settings(party), ...own };
      await writeFile(join(dir, 'config.json'), JSON.stringify(config));
      const connect: ConnectNode = async () => ({
        lightning: nodes[party],
        identity: await nodes[party].identity(),
        tip: lightning.tip,
      });
      await SERVE[party](dir, shutdown, connect);
      const token = (await readFile(tokenPath(dir, 'admin'), 'utf8')).trim();
      const pin = { certPath: join(dir, 'tls.cert') };
      return new DaemonHere(await connectDaemon({ address: listen, pin, token }));
    };
    const { daemons, agentKey } = await startParties(put);
    return new MemoryStage(daemons, agentKey, nodes, places, shutdown, folder);
  }

  /** The data folder of a party. */
  dir(party: PartyName): string {
    return join(this.folder, party);
  }

  async strike(): Promise<void> {
    for (const party of PARTIES) this.daemons[party].close();
    await this.shutdown.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const NO_LND = { socket: '127.0.0.1:1', certPath: '/dev/null', macaroonPath: '/dev/null' };

const SERVE: Record<PartyName, (dir: string, shutdown: Shutdown, connect: ConnectNode) => Promise<void>> = {
  maker: (dir, shutdown, connect) =>
    serveMaker(loadConfig('maker', ['--data-dir', dir], {}), shutdown, connect),
  taker: (dir, shutdown, connect) =>
    serveTaker(loadConfig('taker', ['--data-dir', dir], {}), shutdown, connect),
  agent: (dir, shutdown, connect) =>
    serveAgent(loadConfig('agent', ['--data-dir', dir], {}), shutdown, connect),
};
