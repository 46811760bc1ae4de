/**
 * `npm run bench -- soak --minutes N`: trades arrive at a constant rate while daemons are killed at random; what a daemon
 * takes up is printed every so often. Nothing may grow that shouldn't, and no trade may be lost.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { rpc } from '@tercet/protocol';
import { NO_CEILING } from '../stage/ceilings.js';
import { keyCount, redisOf } from '../stage/daemon-redis.js';
import { driveToEnd, startUnderFire, unlessAway } from '../stage/drive.js';
import { ofEach, PARTIES, startTradeNetwork, type PartyName } from '../stage/layout.js';
import { Stage } from '../stage/stage.js';
import type { DirectionWord, ShapeWord, StagedTrade, TradeSpec } from '../stage/trade.js';
import { isGone, sampleOf, type Sample } from './soak-sample.js';

export interface SoakOptions {
  minutes: number;
  /** Trades that begin in a minute. */
  perMinute: number;
  /** Kills in a minute, of a random daemon. */
  killsPerMinute: number;
  /** Of the random choices. */
  seed: number;
  json: boolean;
}

interface Tally {
  begun: number;
  completed: number;
  /** Trades that ended without a release, or didn't end. */
  failed: string[];
  /** Tries to make or take an order that met a daemon that was away; each was tried again. */
  putOff: number;
  kills: number;
}

const MINUTE_MS = 60_000;
const LOOK_EVERY_MS = 250;
const SAMPLE_EVERY_MS = 30_000;
/** Small ones, whose directions take turns, so that no channel runs dry. */
const AMOUNT_SAT = 50_000;

export async function benchSoak(options: SoakOptions): Promise<void> {
  const network = await startTradeNetwork();
  const stage = await Stage.put({
    network,
    config: { maker: NO_CEILING, taker: NO_CEILING, agent: NO_CEILING },
  });
  const tally: Tally = { begun: 0, completed: 0, failed: [], putOff: 0, kills: 0 };
  const over = new AbortController();
  const random = generator(options.seed);
  try {
    const sampling = everySample(stage, tally, over.signal, options.json);
    const killing = killAtRandom(stage, tally, random, options, over.signal);
    await arrivals(stage, tally, options);
    over.abort();
    await Promise.all([sampling, killing]);
    await print(stage, tally, options.json);
    if (tally.failed.length > 0) throw new Error(`trades failed: ${tally.failed.join('; ')}`);
    process.stdout.write(`Every trade that began was completed: ${String(tally.completed)}.\n`);
  } finally {
    over.abort();
    await stage.strike();
    await network.stop();
  }
}

/** A trade begins at each beat, whatever becomes of those before; returns when all are over. */
async function arrivals(stage: Stage, tally: Tally, { minutes, perMinute }: SoakOptions): Promise<void> {
  const trades: Promise<void>[] = [];
  const beatMs = MINUTE_MS / perMinute;
  const startedMs = performance.now();
  for (let beat = 0; beat * beatMs < minutes * MINUTE_MS; beat += 1) {
    await pause(Math.max(0, startedMs + beat * beatMs - performance.now()));
    trades.push(oneTrade(stage, tally, specOf(beat)));
  }
  await Promise.all(trades);
}

const specOf = (beat: number): TradeSpec => {
  const shape: ShapeWord = beat % 4 < 2 ? 'AGENT_HELD' : 'PEER_HELD';
  const direction: DirectionWord = beat % 2 === 0 ? 'maker-sells' : 'maker-buys';
  return { shape, direction, amountSat: AMOUNT_SAT };
};

async function oneTrade(stage: Stage, tally: Tally, spec: TradeSpec): Promise<void> {
  try {
    const trade = await begin(stage, tally, spec);
    tally.begun += 1;
    const views = await driveToEnd(stage, trade, true, LOOK_EVERY_MS);
    const escrow = views.agent.states['escrow'] ?? '';
    if (escrow === 'released') tally.completed += 1;
    else fail(tally, `${trade.tradeId.slice(0, 8)} ended ${escrow}: ${views.agent.why}`);
  } catch (error) {
    fail(tally, error instanceof Error ? error.message : String(error));
  }
}

function fail(tally: Tally, why: string): void {
  tally.failed.push(why);
  process.stderr.write(`A trade failed: ${why}\n`);
}

/** An order that could not be made or taken while a daemon was away is none; a person tries again. */
async function begin(stage: Stage, tally: Tally, spec: TradeSpec): Promise<StagedTrade> {
  for (;;) {
    const trade = await startUnderFire(stage, spec);
    if (trade) return trade;
    tally.putOff += 1;
    await pause(LOOK_EVERY_MS);
  }
}

async function killAtRandom(
  stage: Stage,
  tally: Tally,
  random: () => number,
  { killsPerMinute }: SoakOptions,
  over: AbortSignal,
): Promise<void> {
  if (killsPerMinute === 0) return;
  while (await goesOn((2 * random() * MINUTE_MS) / killsPerMinute, over)) {
    const party = PARTIES[Math.floor(random() * PARTIES.length)] ?? 'agent';
    await stage.daemons[party].kill();
    tally.kills += 1;
    await stage.daemons[party].start();
  }
}

async function everySample(stage: Stage, tally: Tally, over: AbortSignal, json: boolean): Promise<void> {
  while (await goesOn(SAMPLE_EVERY_MS, over)) await print(stage, tally, json);
}

/** Waits; false where it is over meanwhile. */
async function goesOn(ms: number, over: AbortSignal): Promise<boolean> {
  try {
    await pause(ms, undefined, { signal: over });
    return true;
  } catch (error) {
    if (over.aborted) return false;
    throw error;
  }
}

async function print(stage: Stage, tally: Tally, json: boolean): Promise<void> {
  const samples = await ofEach((party) => sampleOf(stage.daemons[party], () => openTrades(stage, party)));
  const keys = await ofEach((party) => redisKeys(stage, party));
  const { begun, completed, failed, putOff, kills } = tally;
  if (json) {
    const line = {
      bench: 'soak',
      begun,
      completed,
      failed: failed.length,
      putOff,
      kills,
      daemons: samples,
      redisKeys: keys,
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  const daemons = PARTIES.map(
    (party) => `${party}: ${inWords(samples[party])}, ${String(keys[party] ?? '-')} keys`,
  );
  process.stdout.write(
    `${String(begun)} begun, ${String(completed)} completed, ${String(failed.length)} failed, ${String(putOff)} put off, ${String(kills)} kills   ${daemons.join('   ')}\n`,
  );
}

const inWords = (sample: Sample | undefined): string =>
  sample
    ? `${String(sample.residentMb)} MB, ${String(sample.fileDescriptors)} fds, journal ${String(sample.databaseMb)} MB, ${String(sample.openTrades)} open`
    : 'down';

/** Undefined while the daemon doesn't answer. */
const openTrades = (stage: Stage, party: PartyName): Promise<number | undefined> =>
  unlessAway(async () => {
    const client = await stage.daemons[party].client(rpc.DaemonServiceDefinition);
    return (await client.getStatus({})).openTrades;
  });

/** Undefined while the daemon is down, and its Redis with it. */
async function redisKeys(stage: Stage, party: PartyName): Promise<number | undefined> {
  const daemon = stage.daemons[party];
  const { pid } = daemon;
  if (pid === undefined) return undefined;
  try {
    return await keyCount(await redisOf(daemon));
  } catch (error) {
    // It dies with its daemon, and may be gone before the daemon's own end is noticed.
    if (daemon.pid !== pid || isGone(error)) return undefined;
    throw error;
  }
}

/** Numbers from 0 to 1 out of a seed (a linear congruential generator: choices here need no more). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
