/** Where trades are measured: on lnd or on nodes in memory, with journals in SQLite or PostgreSQL. */
import type { PrivatePostgres, RegtestNetwork } from '@tercet/regtest';
import { NO_CEILING } from '../stage/ceilings.js';
import { freeAddress } from '../stage/free-port.js';
import { ofEach, type PartyName } from '../stage/layout.js';
import type { Cast } from '../stage/reachable.js';
import { Stage } from '../stage/stage.js';
import { Watching } from '../stage/watching.js';
import { BareCycle } from './bare-cycle.js';
import { readCounters, type Counters } from './counters.js';
import { cpuMsOf } from './cpu.js';
import type { Latencies } from './latencies.js';
import { MemoryStage } from './memory-stage.js';

export type StoreName = 'sqlite' | 'postgres';
export type NodesName = 'lnd' | 'memory';

export interface Venue {
  nodes: NodesName;
  store: StoreName;
  cast: Cast;
  sight: Watching;
  bare: BareCycle;
  /** Processor time so far, in ms, by daemon; one figure for all where they share a process with what drives them. */
  cpuMs(): Promise<Record<string, number>>;
  /** What the daemons counted so far; undefined where they count together. */
  counters(): Promise<Counters | undefined>;
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
  const [urls, metrics] = [await databases(store, server), await ofEach(() => freeAddress())];
  const config = await ofEach((party) =>
    Promise.resolve({ ...NO_CEILING, databaseUrl: urls[party], metricsListen: metrics[party] }),
  );
  const cast = await Stage.put({ network, config });
  const sight = Watching.open(cast);
  const bare = BareCycle.onLnd(network);
  return {
    nodes: 'lnd',
    store,
    cast,
    sight,
    bare,
    cpuMs: () => ofEach((party) => cpuMsOf(cast.daemons[party].pid ?? 0)),
    counters: () => readCounters(metrics),
    async close() {
      bare.close();
      await sight.close();
      await cast.strike();
    },
  };
}

export async function inMemory(
  latencies: Latencies,
  store: StoreName,
  server: PrivatePostgres | undefined,
): Promise<Venue> {
  const urls = await databases(store, server);
  const settings = (party: PartyName) => ({ ...NO_CEILING, logLevel: 'warn', databaseUrl: urls[party] });
  const cast = await MemoryStage.put(latencies, settings);
  const sight = Watching.open(cast);
  return {
    nodes: 'memory',
    store,
    cast,
    sight,
    bare: new BareCycle(cast.nodes),
    async cpuMs() {
      return { together: await cpuMsOf(process.pid) };
    },
    counters: () => Promise.resolve(undefined),
    async close() {
      await sight.close();
      await cast.strike();
    },
  };
}
