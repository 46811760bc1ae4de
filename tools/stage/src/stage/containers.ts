/** Daemons as containers of their own images, hardened as docker/compose.yaml runs them. */
import { appendFileSync } from 'node:fs';
import { chown, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { IMAGES, lndSocketInside, type Container, type ContainerPostgres, type Dock } from '@tercet/regtest';
import type { DaemonBackend, DaemonSpec, Launched } from './backend.js';
import type { PartyName } from './layout.js';

const PORT: Record<PartyName, number> = { maker: 10_101, taker: 10_201, agent: 10_301 };
/** One Redis database for each daemon. */
const REDIS_DATABASE: Record<PartyName, number> = { maker: 0, taker: 1, agent: 2 };

/** The name of a daemon's container. */
export const daemonContainer = (party: PartyName): string => `${party}-daemon`;

export interface Services {
  redisUrl: string;
  postgres: ContainerPostgres;
  /** Whose journal is in PostgreSQL, each in the database of its name; the others' is SQLite. */
  inPostgres: readonly PartyName[];
}

export function containers(dock: Dock, services: Services): DaemonBackend {
  /** Folder of each party's node, by party. */
  const nodeFolders = new Map<string, string>();
  return {
    lndOf(node) {
      nodeFolders.set(node.name, node.dataDir);
      return {
        socket: lndSocketInside(node.name),
        certPath: '/lnd/tls.cert',
        macaroonPath: '/lnd/data/chain/bitcoin/regtest/admin.macaroon',
      };
    },
    /** What this process has written belongs to the user that the container runs as. */
    async prepare({ dir }) {
      await dock.folder(dir);
      const [uid = 0, gid = 0] = dock.user.split(':').map(Number);
      if (process.getuid?.() !== 0) return;
      for (const name of await readdir(dir)) await chown(join(dir, name), uid, gid);
    },
    launch(spec, logPath, onLine) {
      return launch({ dock, spec, logPath, onLine, services, nodeFolder: nodeFolders.get(spec.party) ?? '' });
    },
  };
}

interface Launch {
  dock: Dock;
  spec: DaemonSpec;
  logPath: string;
  onLine: (line: string) => void;
  services: Services;
  /** Data folder of the party's node. */
  nodeFolder: string;
}

function launch({ dock, spec, logPath, onLine, services, nodeFolder }: Launch): Launched {
  const { party, dir, listen, env } = spec;
  const { redisUrl, postgres, inPostgres } = services;
  const name = daemonContainer(party);
  const inside = String(PORT[party]);
  const journal: Record<string, string> = inPostgres.includes(party)
    ? { DATABASE_URL: postgres.url(party), PGPASSFILE: '/run/secrets/pgpass' }
    : {};
  let running: Container | undefined;
  let wanted: 'SIGTERM' | 'SIGKILL' | undefined;
  // Whoever waits for the daemon reads there what went wrong.
  const note = (error: unknown) => appendFileSync(logPath, `${String(error)}\n`);
  const end = (container: Container, signal: 'SIGTERM' | 'SIGKILL') =>
    signal === 'SIGTERM' ? container.stop() : container.kill();
  const begin = async (): Promise<number | null> => {
    try {
      running = await dock.start({
        name,
        image: spec.image ?? IMAGES[party],
        environment: {
          ...env,
          ...journal,
          TERCET_DATA_DIR: '/data',
          TERCET_LISTEN: `0.0.0.0:${inside}`,
          TERCET_PUBLIC_ADDRESS: `${name}:${inside}`,
          REDIS_URL: `${redisUrl}/${String(REDIS_DATABASE[party])}`,
        },
        ports: [{ container: PORT[party], host: Number(listen.split(':').at(-1)) }],
        mounts: [
          { source: dir, target: '/data' },
          { source: nodeFolder, target: '/lnd', readOnly: true },
          { source: postgres.passFile, target: '/run/secrets/pgpass', readOnly: true },
        ],
        user: dock.user,
        readOnlyRoot: true,
        logPath,
        onLine,
      });
      if (wanted !== undefined) await end(running, wanted);
      return await running.exit();
    } catch (error) {
      note(error);
      return null;
    }
  };
  return {
    get pid() {
      return running?.pid;
    },
    ended: begin(),
    signal(signal) {
      wanted = signal;
      if (running) end(running, signal).catch(note);
    },
  };
}
