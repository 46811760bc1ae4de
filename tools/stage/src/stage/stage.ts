/** Three daemons, three nodes of their own, and a network between them: put up, traded on, taken down. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RegtestNetwork } from '@tercet/regtest';
import type { DaemonBackend } from './backend.js';
import { DaemonProcess } from './daemon-process.js';
import { freeAddress } from './free-port.js';
import { PARTIES, startTradeNetwork, type PartyName } from './layout.js';
import { startParties } from './parties.js';
import { processes } from './processes.js';

export interface StageOptions {
  network?: RegtestNetwork;
  /** Settings on top of the stage's own, by party. */
  config?: Partial<Record<PartyName, Record<string, unknown>>>;
  env?: Record<string, string>;
  /** What the daemons run in. Default: processes of this machine. */
  backend?: DaemonBackend;
}

interface Put {
  network: RegtestNetwork;
  backend: DaemonBackend;
  dir: string;
  options: StageOptions;
}

export class Stage {
  private constructor(
    readonly network: RegtestNetwork,
    readonly daemons: Record<PartyName, DaemonProcess>,
    readonly agentKey: string,
    private readonly dir: string,
    private readonly ownsNetwork: boolean,
  ) {}

  /** Starts it all; where a part doesn't start, what has started is stopped again. */
  static async put(options: StageOptions = {}): Promise<Stage> {
    const network = options.network ?? (await startTradeNetwork());
    const backend = options.backend ?? processes;
    const dir = await mkdtemp(join(tmpdir(), 'tercet-stage-'));
    const started: DaemonProcess[] = [];
    const start = async (party: PartyName, own: Record<string, unknown>) => {
      const daemon = await prepare({ network, backend, dir, options }, party, own);
      started.push(daemon);
      await daemon.start();
      return daemon;
    };
    try {
      const { daemons, agentKey } = await startParties(start);
      return new Stage(network, daemons, agentKey, dir, options.network === undefined);
    } catch (error) {
      await Promise.all(started.map((daemon) => daemon.stop()));
      if (options.network === undefined) await network.stop();
      await rm(dir, { recursive: true, force: true });
      throw error;
    }
  }

  /** Daemons first, then what they lean on. */
  async strike(): Promise<void> {
    await Promise.all(PARTIES.map((party) => this.daemons[party].stop()));
    if (this.ownsNetwork) await this.network.stop();
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** Writes a party's configuration and seed. */
async function prepare(
  { network, backend, dir, options }: Put,
  party: PartyName,
  own: Record<string, unknown>,
): Promise<DaemonProcess> {
  const spec = {
    party,
    dir: join(dir, party),
    listen: await freeAddress(),
    env: options.env,
    config: {
      network: 'regtest',
      lnd: backend.lndOf(network.node(party)),
      ...own,
      ...options.config?.[party],
    },
  };
  return DaemonProcess.prepare(spec, backend);
}
