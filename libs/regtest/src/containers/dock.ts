import { spawnSync } from 'node:child_process';
import { chown, mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';

import { Container, type ContainerSpec } from './container.js';
import type { Engine } from './engine.js';
import { createNetwork, type OwnNetwork } from './subnet.js';

/** Says which process of which machine a container or network belongs to. */
const ownerLabel = 'tercet.regtest.owner';
const owner = `${hostname()}:${String(process.pid)}`;

/** As whom containers write into folders of this machine: the images' own user where we may give folders away. */
const ids =
  process.getuid?.() === 0
    ? { uid: 1000, gid: 1000 }
    : { uid: process.getuid?.() ?? 1000, gid: process.getgid?.() ?? 1000 };

/** One network, and every container that was started in it. */
export class Dock {
  private readonly containers = new Map<string, Container>();

  private constructor(
    private readonly engine: Engine,
    private readonly network: OwnNetwork,
  ) {}

  /** A network of one's own, after what killed runs of this machine have left is gone. */
  static async open(engine: Engine): Promise<Dock> {
    await removeLeftovers(engine);
    const dock = new Dock(engine, await createNetwork(engine, { [ownerLabel]: owner }));
    process.on('exit', removeOwn);
    return dock;
  }

  /** `uid:gid` for containers that write into a folder from `folder`. */
  readonly user = `${String(ids.uid)}:${String(ids.gid)}`;

  /** A folder of this machine that containers may write to. */
  async folder(path: string): Promise<string> {
    await mkdir(path, { recursive: true, mode: 0o700 });
    if (process.getuid?.() === 0) await chown(path, ids.uid, ids.gid);
    return path;
  }

  /** A container in the place of an earlier one of that name, which has ended. */
  async start(spec: ContainerSpec): Promise<Container> {
    await this.containers.get(spec.name)?.remove();
    this.containers.delete(spec.name);
    const place = { network: this.network.name, address: this.network.addressOf(spec.name) };
    const container = await Container.start(this.engine, place, spec, { [ownerLabel]: owner });
    this.containers.set(spec.name, container);
    return container;
  }

  /** Throws where there is none. */
  container(name: string): Container {
    const found = this.containers.get(name);
    if (!found) throw new Error(`No container is named ${name}`);
    return found;
  }

  get names(): string[] {
    return [...this.containers.keys()];
  }

  /** Removes the containers and the network. */
  async close(): Promise<void> {
    await Promise.all([...this.containers.values()].map((container) => container.remove()));
    this.containers.clear();
    await this.network.remove();
    process.off('exit', removeOwn);
  }
}

/** When the process ends without having closed: nothing asynchronous runs any more. */
function removeOwn(): void {
  const { stdout } = spawnSync('docker', ['ps', '-aq', '--filter', `label=${ownerLabel}=${owner}`], {
    encoding: 'utf8',
  });
  const ids = stdout.split('\n').filter((id) => id !== '');
  if (ids.length > 0) spawnSync('docker', ['rm', '-fv', ...ids], { stdio: 'ignore' });
  spawnSync('docker', ['network', 'prune', '--force', '--filter', `label=${ownerLabel}=${owner}`], {
    stdio: 'ignore',
  });
}

async function removeLeftovers({ container: { dockerode } }: Engine): Promise<void> {
  const filters = { label: [ownerLabel] };
  const containers = await dockerode.listContainers({ all: true, filters });
  for (const { Id: id, Labels: labels } of containers) {
    if (isGone(labels[ownerLabel])) await dockerode.getContainer(id).remove({ force: true, v: true });
  }
  for (const { Id: id, Labels: labels } of await dockerode.listNetworks({ filters })) {
    if (isGone(labels?.[ownerLabel])) await dockerode.getNetwork(id).remove();
  }
}

function isGone(label = ''): boolean {
  const [machine, pid] = label.split(':');
  if (machine !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
