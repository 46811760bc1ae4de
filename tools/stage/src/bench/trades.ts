/** `npm run bench -- trades`: complete trades through three daemons beside the bare Lightning calls, interleaved in one run. */
import { startPrivatePostgres, type PrivatePostgres } from '@tercet/regtest';
import { startTradeNetwork } from '../stage/layout.js';
import { completeTrade, startTrade, type ShapeWord } from '../stage/trade.js';
import { perTrade, type Counters } from './counters.js';
import { measure, merge, round, type Figures } from './figures.js';
import type { Latencies } from './latencies.js';
import { inMemory, onLnd, type NodesName, type StoreName, type Venue } from './venues.js';

export interface TradesOptions {
  inFlight: readonly number[];
  nodes: readonly NodesName[];
  stores: readonly StoreName[];
  /** Rounds of bare cycle and trades by turns. */
  rounds: number;
  /** Trades a round, for each place in flight. */
  perPlace: number;
  /** Trades of each shape before anything else is counted: a daemon that has just begun runs code that isn't compiled yet. */
  warmUp: number;
  json: boolean;
}

/** The first trades of daemons that have just begun. */
interface Cold extends Pick<Line, 'nodes' | 'store' | 'shape' | 'cpuMsPerTrade'> {
  bench: 'cold';
  trades: number;
}

interface Line {
  bench: 'trades';
  nodes: NodesName;
  store: StoreName;
  shape: ShapeWord;
  inFlight: number;
  bare: Figures;
  tercet: Figures;
  /** Median of a trade less the median of the bare cycle. */
  addedP50Ms: number;
  cpuMsPerTrade: Record<string, number>;
  perTrade: Counters;
  /** Trades per second over bare cycles per second. */
  ratio: number;
}

const SHAPES: readonly ShapeWord[] = ['AGENT_HELD', 'PEER_HELD'];
const WARM_UP_IN_FLIGHT = 8;
/** Fewer would say little of a single place. */
const LEAST_COUNT = 12;
/** Bare cycles, one at a time, from which the latencies of nodes in memory are taken. */
const LATENCY_CYCLES = 10;

export async function benchTrades(options: TradesOptions): Promise<void> {
  const server = options.stores.includes('postgres') ? await startPrivatePostgres() : undefined;
  const network = await startTradeNetwork();
  try {
    let latencies: Latencies | undefined;
    // Where lnd itself isn't measured, one place is enough to learn its latencies.
    const places = options.nodes.includes('lnd') ? options.stores : options.stores.slice(0, 1);
    for (const store of places) {
      const venue = await onLnd(network, store, server);
      latencies ??= await latenciesOf(venue);
      await benchVenue(venue, options.nodes.includes('lnd') ? options : { ...options, inFlight: [] });
    }
    // The nodes rest while their stand-ins are measured.
    await network.stop();
    if (latencies && options.nodes.includes('memory')) await benchMemory(latencies, options, server);
  } finally {
    await network.stop();
    await server?.stop();
  }
}

async function benchMemory(
  latencies: Latencies,
  options: TradesOptions,
  server: PrivatePostgres | undefined,
): Promise<void> {
  if (options.json) process.stdout.write(`${JSON.stringify({ bench: 'latencies', ...latencies })}\n`);
  for (const store of options.stores) {
    await benchVenue(await inMemory(latencies, store, server), options);
  }
}

async function latenciesOf({ bare }: Venue): Promise<Latencies> {
  for (let index = 0; index < LATENCY_CYCLES; index += 1) {
    for (const shape of SHAPES) await bare.run(shape, index);
  }
  return bare.latencies;
}

async function benchVenue(venue: Venue, options: TradesOptions): Promise<void> {
  try {
    if (options.inFlight.length > 0) {
      for (const shape of SHAPES) printCold(await warmUp(venue, shape, options.warmUp), options.json);
    }
    for (const inFlight of options.inFlight) {
      for (const shape of SHAPES) print(await run(venue, shape, inFlight, options), options.json);
    }
  } finally {
    await venue.close();
  }
}

async function warmUp(venue: Venue, shape: ShapeWord, trades: number): Promise<Cold> {
  const { nodes, store } = venue;
  const before = await venue.cpuMs();
  await measure(trades, WARM_UP_IN_FLIGHT, (index) => oneTrade(venue, shape, index));
  const cpuMsPerTrade = eachOf(since(before, await venue.cpuMs()), trades);
  return { bench: 'cold', nodes, store, shape, trades, cpuMsPerTrade };
}

type ByDaemon = Record<string, number>;

const since = (before: ByDaemon, after: ByDaemon): ByDaemon =>
  Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, ms - (before[name] ?? 0)]));

const eachOf = (ms: ByDaemon, trades: number): ByDaemon =>
  Object.fromEntries(Object.entries(ms).map(([name, sum]) => [name, round(sum / trades)]));

async function run(venue: Venue, shape: ShapeWord, inFlight: number, options: TradesOptions): Promise<Line> {
  const count = Math.max(LEAST_COUNT, options.perPlace * inFlight);
  const bareRounds: Figures[] = [];
  const tradeRounds: Figures[] = [];
  const cpuMs: ByDaemon = {};
  let counted: Counters = { commits: 0, signatures: 0, verifications: 0 };
  for (let round = 0; round < options.rounds; round += 1) {
    bareRounds.push(await measure(count, inFlight, (index) => venue.bare.run(shape, index)));
    const [cpuBefore, before] = [await venue.cpuMs(), await venue.counters()];
    tradeRounds.push(await measure(count, inFlight, (index) => oneTrade(venue, shape, index)));
    const [cpuAfter, after] = [await venue.cpuMs(), await venue.counters()];
    for (const [name, ms] of Object.entries(since(cpuBefore, cpuAfter)))
      cpuMs[name] = (cpuMs[name] ?? 0) + ms;
    counted = perTrade(before, after, count);
  }
  const tercet = merge(tradeRounds);
  const bare = merge(bareRounds);
  return {
    bench: 'trades',
    nodes: venue.nodes,
    store: venue.store,
    shape,
    inFlight,
    bare,
    tercet,
    addedP50Ms: round(tercet.p50Ms - bare.p50Ms),
    cpuMsPerTrade: eachOf(cpuMs, tercet.count),
    perTrade: counted,
    ratio: Math.round((tercet.perSecond / bare.perSecond) * 100) / 100,
  };
}

async function oneTrade({ cast, sight }: Venue, shape: ShapeWord, index: number): Promise<void> {
  const direction = index % 2 === 0 ? 'maker-sells' : 'maker-buys';
  await completeTrade(await startTrade(cast, { shape, direction }, sight));
}

function print(line: Line, json: boolean): void {
  process.stdout.write(`${json ? JSON.stringify(line) : inWords(line)}\n`);
}

function printCold(cold: Cold, json: boolean): void {
  const { nodes, store, shape, trades, cpuMsPerTrade } = cold;
  const words =
    `${nodes.padEnd(6)} ${store.padEnd(8)} ${shape.padEnd(10)} warmed up by ${String(trades)} trades   ` +
    `cpu ms a trade meanwhile: ${cpuInWords(cpuMsPerTrade)}`;
  process.stdout.write(`${json ? JSON.stringify(cold) : words}\n`);
}

function inWords({ nodes, store, shape, inFlight, bare, tercet, ...rest }: Line): string {
  const { commits, signatures, verifications } = rest.perTrade;
  return (
    `${nodes.padEnd(6)} ${store.padEnd(8)} ${shape.padEnd(10)} ${String(inFlight).padStart(2)} in flight   ` +
    `bare ${figures(bare)}   tercet ${figures(tercet)}   added p50 ${String(rest.addedP50Ms)} ms   ` +
    `cpu ms a trade: ${cpuInWords(rest.cpuMsPerTrade)}   ` +
    `a trade: ${String(commits)} commits, ${String(signatures)} signatures, ${String(verifications)} checks   ` +
    `ratio ${String(rest.ratio)}`
  );
}

const cpuInWords = (cpu: ByDaemon): string => {
  const together = Object.values(cpu).reduce((sum, ms) => sum + ms, 0);
  const each = Object.entries(cpu).map(([name, ms]) => `${name} ${String(ms)}`);
  return `${each.join(' ')} together ${String(round(together))}`;
};

const figures = ({ perSecond, p50Ms, p95Ms, p99Ms }: Figures): string =>
  `${String(perSecond)}/s p50 ${String(p50Ms)} p95 ${String(p95Ms)} p99 ${String(p99Ms)} ms`;
