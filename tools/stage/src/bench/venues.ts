/** Where trades are measured: on lnd or on nodes in memory, with journals in SQLite or PostgreSQL. */
import type { PrivatePostgres, RegtestNetwork } from '@tercet/regtest';
import { NO_CEILING } from '../stage/ceilings.js';
import type { DaemonProcess } from '../stage/daemon-process.js';
import { freeAddress } from '../stage/free-port.js';
import { ofEach, type PartyName } from '../stage/layout.js';
import type { Cast } from '../stage/reachable.js';
import { Stage } from '../stage/stage.js';
import { Watching } from '../stage/watching.js';
import { BareCycle } from './bare-cycle.js';
import { readCounters, type Counters } from './counters.js';
import { cpuMsOf } from './cpu.js';
import type { Latencies } from './latencies.js';
import { MemoryProcesses } from './memory-processes.js';

export type StoreName = 'sqlite' | 'postgres';
export type NodesName = 'lnd' | 'memory';

export interface Venue {
  nodes: NodesName;
  store: StoreName;
  cast: Cast;
  sight: Watching;
  bare: BareCycle;
  /** Processor time of each daemon so far, in ms. */
  cpuMs(): Promise<Record<PartyName, number>>;
  /** What the daemons counted so far. */
  counters(): Promise<Counters>;
  close(): Promise<void>;
}

type Databases = Record<PartyName, string | undefined>;
let made = 0;

async function databases(store: StoreName, server: PrivatePostgres | undefined): Promise<Databases> {
  if (store === 'sqlite') return { maker: undefined, taker: undefined, agent: undefined };
  if (!server) throw new Error('no PostgreSQL was started');
  made += 1;
  return ofEach((party) => server.createDatabase(`${party}${String(made)}`));
}

export async function onLnd(
  network: RegtestNetwork,
  store: StoreName,
  server: PrivatePostgres | undefined,
): Promise<Venue> {
  const { config, metrics } = await settings(store, server);
  const cast = await Stage.put({ network, config });
  return venue({ nodes: 'lnd', store, bare: BareCycle.onLnd(network) }, cast, metrics);
}

export async function inMemory(
  latencies: Latencies,
  store: StoreName,
  server: PrivatePostgres | undefined,
): Promise<Venue> {
  const { config, metrics } = await settings(store, server);
  const cast = await MemoryProcesses.put(latencies, config);
  return venue({ nodes: 'memory', store, bare: new BareCycle(cast.nodes) }, cast, metrics);
}

async function settings(store: StoreName, server: PrivatePostgres | undefined) {
  const [urls, metrics] = [await databases(store, server), await ofEach(() => freeAddress())];
  const config = await ofEach((party) =>
    Promise.resolve({ ...NO_CEILING, databaseUrl: urls[party], metricsListen: metrics[party] }),
  );
  return { config, metrics };
}

type Processes = Cast & { daemons: Record<PartyName, DaemonProcess>; strike(): Promise<void> };

function venue(
  what: Pick<Venue, 'nodes' | 'store' | 'bare'>,
  cast: Processes,
  metrics: Record<PartyName, string>,
): Venue {
  const sight = Watching.open(cast);
  return {
    ...what,
    cast,
    sight,
    cpuMs: () => ofEach((party) => cpuMsOf(cast.daemons[party].pid ?? 0)),
    counters: () => readCounters(metrics),
    async close() {
      what.bare.close();
      await sight.close();
      await cast.strike();
    },
  };
}
