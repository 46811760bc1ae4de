/** Three daemons, three nodes of their own, and a network between them: put up, traded on, taken down. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rpc } from '@tercet/protocol';
import type { RegtestNetwork } from '@tercet/regtest';
import { DaemonProcess } from './daemon-process.js';
import { freeAddress } from './free-port.js';
import { PARTIES, startTradeNetwork, type PartyName } from './layout.js';

export interface StageOptions {
  network?: RegtestNetwork;
  /** Settings on top of the stage's own, by party. */
  config?: Partial<Record<PartyName, Record<string, unknown>>>;
  env?: Record<string, string>;
}

export class Stage {
  private constructor(
    readonly network: RegtestNetwork,
    readonly daemons: Record<PartyName, DaemonProcess>,
    readonly agentKey: string,
    private readonly dir: string,
    private readonly ownsNetwork: boolean,
  ) {}

  static async put(options: StageOptions = {}): Promise<Stage> {
    const network = options.network ?? (await startTradeNetwork());
    const dir = await mkdtemp(join(tmpdir(), 'tercet-stage-'));
    const prepare = async (party: PartyName, own: Record<string, unknown>) => {
      const node = network.node(party);
      return DaemonProcess.prepare({
        party,
        dir: join(dir, party),
        listen: await freeAddress(),
        env: options.env,
        config: {
          network: 'regtest',
          lnd: { socket: node.rpcSocket, certPath: node.tlsCertPath, macaroonPath: node.adminMacaroonPath },
          ...own,
          ...options.config?.[party],
        },
      });
    };
    const agent = await prepare('agent', {});
    await agent.start();
    const { identityKey, peerContact } = await (
      await agent.client(rpc.DaemonServiceDefinition)
    ).getStatus({});
    const agents = [
      { key: identityKey, address: peerContact?.address, fingerprint: peerContact?.certFingerprint },
    ];
    const [maker, taker] = await Promise.all([prepare('maker', { agents }), prepare('taker', { agents })]);
    await Promise.all([maker.start(), taker.start()]);
    return new Stage(network, { maker, taker, agent }, identityKey, dir, options.network === undefined);
  }

  /** Daemons first, then what they lean on. */
  async strike(): Promise<void> {
    await Promise.all(PARTIES.map((party) => this.daemons[party].stop()));
    if (this.ownsNetwork) await this.network.stop();
    await rm(this.dir, { recursive: true, force: true });
  }
}
