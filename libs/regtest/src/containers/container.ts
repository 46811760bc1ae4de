import { createWriteStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { GenericContainer, PullPolicy, Wait } from 'testcontainers';

import type { Running } from '../child.js';
import { Fatal } from '../wait.js';
import type { Engine } from './engine.js';

/** How long an orderly stop may take before the container is killed, in seconds. */
const STOP_SECONDS = 30;

export interface ContainerSpec {
  /** Its name for the others in its network; unique there. */
  name: string;
  image: string;
  command?: string[];
  environment?: Record<string, string>;
  /** Ports by their number inside; where each is found on the loopback of this machine. */
  ports?: readonly { container: number; host: number }[];
  mounts?: readonly { source: string; target: string; readOnly?: boolean }[];
  /** `uid:gid`. Default: the image's. */
  user?: string;
  readOnlyRoot?: boolean;
  /** What its log says when it is ready. Default: nothing is waited for. */
  ready?: RegExp;
  logPath: string;
  /** Told of each line of its output. */
  onLine?: (line: string) => void;
}

/** Where a container is in its network, over all its lives: lnd resolves its peers' names once and keeps the addresses. */
export interface Place {
  network: string;
  address: string;
}

/** testcontainers has no word for a fixed address, nor for what an operator's compose file asks for. */
class Placed extends GenericContainer {
  at({ network, address }: Place, name: string): this {
    this.createOpts.NetworkingConfig = { EndpointsConfig: { [network]: endpoint(address, name) } };
    return this.withNetworkMode(network);
  }

  harden(): this {
    this.hostConfig.ReadonlyRootfs = true;
    return this.withDroppedCapabilities('ALL').withSecurityOpt('no-new-privileges');
  }
}

/** The hardware address follows from the other one: a new one would stay unknown to the peers until they ask again. */
const endpoint = (address: string, name: string) => ({
  IPAMConfig: { IPv4Address: address },
  MacAddress: [
    '02',
    '42',
    ...address.split('.').map((part) => Number(part).toString(16).padStart(2, '0')),
  ].join(':'),
  Aliases: [name],
});

function record(output: Readable, { logPath, onLine }: ContainerSpec): void {
  output.pipe(createWriteStream(logPath, { flags: 'a' }));
  if (onLine) createInterface({ input: output }).on('line', onLine);
}

/** A container in a network of its own, its output in a file. It keeps its ports over stop, kill and start. */
export class Container implements Running {
  private processId = 0;
  private exited: Promise<number> | undefined;

  private constructor(
    private readonly engine: Engine,
    private readonly place: Place,
    readonly spec: ContainerSpec,
    private readonly id: string,
  ) {}

  /** Returns when its log says that it is ready. `labels` are for whoever cleans up. */
  static async start(
    engine: Engine,
    place: Place,
    spec: ContainerSpec,
    labels: Record<string, string>,
  ): Promise<Container> {
    const wanted = new Placed(spec.image)
      .withPullPolicy(PullPolicy.neverPull())
      .at(place, spec.name)
      .withHostname(spec.name)
      .withLabels(labels)
      .withEnvironment(spec.environment ?? {})
      .withExposedPorts(...(spec.ports ?? []))
      .withBindMounts(
        (spec.mounts ?? []).map(({ source, target, readOnly }) => ({
          source,
          target,
          mode: readOnly ? 'ro' : 'rw',
        })),
      )
      .withLogConsumer((stream) => {
        record(stream, spec);
      })
      .withAutoRemove(false)
      .withWaitStrategy(Wait.forLogMessage(spec.ready ?? /^/));
    if (spec.command) wanted.withCommand(spec.command);
    if (spec.user !== undefined) wanted.withUser(spec.user);
    if (spec.readOnlyRoot) wanted.harden();
    const container = new Container(engine, place, spec, (await wanted.start()).getId());
    await container.follow();
    return container;
  }

  /** Of its first process, as this machine counts. */
  get pid(): number {
    return this.processId;
  }
  get hasEnded(): boolean {
    return this.exited === undefined;
  }

  assertRunning(): void {
    if (!this.hasEnded) return;
    const tail = readFileSync(this.spec.logPath, 'utf8').split('\n').slice(-15).join('\n');
    throw new Fatal(
      `The container ${this.spec.name} ended; its last lines in ${this.spec.logPath}:\n${tail}`,
    );
  }

  /** The exit code, once it has ended. */
  async exit(): Promise<number> {
    return (await this.exited) ?? this.lastCode;
  }
  private lastCode = 0;

  /** TERM, and KILL where that takes too long. */
  async stop(): Promise<void> {
    if (this.exited === undefined) return;
    await this.handle.stop({ t: STOP_SECONDS });
    await this.exited;
  }

  async kill(): Promise<void> {
    if (this.exited === undefined) return;
    await this.handle.kill({ signal: 'SIGKILL' });
    await this.exited;
  }

  /** The same container again, after stop or kill. */
  async start(): Promise<void> {
    const since = Math.floor(Date.now() / 1000);
    await this.handle.start();
    await this.follow();
    record(await this.engine.container.logs(this.handle, { since }), this.spec);
  }

  /** What the engine says of it. */
  inspect(): ReturnType<Engine['container']['inspect']> {
    return this.handle.inspect();
  }

  /** Runs a command in it; its exit code and what it printed. */
  async run(command: string[]): Promise<{ exitCode: number; output: string }> {
    return this.engine.container.exec(this.handle, command);
  }

  /** Cuts it off: it runs on, and reaches nobody. */
  disconnect(): Promise<void> {
    return this.cable.disconnect({ Container: this.id }) as Promise<void>;
  }

  async reconnect(): Promise<void> {
    await this.cable.connect({
      Container: this.id,
      EndpointConfig: endpoint(this.place.address, this.spec.name),
    });
  }

  async remove(): Promise<void> {
    await this.handle.remove({ force: true, v: true });
  }

  private get handle() {
    return this.engine.container.getById(this.id);
  }
  private get cable() {
    return this.engine.container.dockerode.getNetwork(this.place.network);
  }

  private async follow(): Promise<void> {
    const { State: state } = await this.handle.inspect();
    this.processId = state.Pid;
    this.lastCode = state.ExitCode;
    if (!state.Running) return;
    const waited = this.handle.wait() as Promise<{ StatusCode: number }>;
    this.exited = waited.then(({ StatusCode: code }) => {
      this.exited = undefined;
      this.lastCode = code;
      return code;
    });
  }
}
