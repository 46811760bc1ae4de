/**
 * `npm run bench -- recovery`: an agent with many held trades is killed (SIGKILL) and started again; how long until the node
 * was asked for every hash and follows it (S23).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@tercet/regtest';
import { NO_CEILING } from '../stage/ceilings.js';
import { freeAddress } from '../stage/free-port.js';
import { startTradeNetwork } from '../stage/layout.js';
import { Stage } from '../stage/stage.js';
import { startTrade } from '../stage/trade.js';
import { Watching } from '../stage/watching.js';
import { BareCycle } from './bare-cycle.js';
import { readMetric } from './counters.js';
import { measure, round } from './figures.js';
import { HeldNode, HeldProcess } from './held-process.js';
import { stockTrades } from './live-trades.js';

export interface RecoveryOptions {
  /** Live trades in the journal, on a node in memory. */
  trades: readonly number[];
  /** Trades held on lnd; 0 leaves it out. */
  real: number;
  json: boolean;
}

const LATENCY_CYCLES = 5;
const IN_FLIGHT = 8;
const AMOUNT_SAT = 20_000;
const PATIENCE_MS = 120_000;

interface Line {
  bench: 'recovery';
  nodes: 'memory' | 'lnd';
  trades: number;
  /** From the start of the process until every hash is followed. */
  secondsFromStart: number;
  callMs?: number;
}

export async function benchRecovery({ trades, real, json }: RecoveryOptions): Promise<void> {
  const callMs = await onLnd(real, json);
  for (const count of trades) print(await inMemory(count, callMs), json);
}

async function inMemory(count: number, callMs: number): Promise<Line> {
  const folder = await mkdtemp(join(tmpdir(), 'tercet-recovery-'));
  try {
    const stocked = await stockTrades(join(folder, 'agent'), count);
    const node = await HeldNode.start(stocked, callMs);
    const first = HeldProcess.start(stocked);
    await first.followed(count);
    await first.kill();
    const again = HeldProcess.start(stocked);
    const ms = await again.followed(count);
    await again.stop();
    await node.stop();
    return { bench: 'recovery', nodes: 'memory', trades: count, secondsFromStart: seconds(ms), callMs };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Measures how long a look-up takes, and where asked recovers real holds. Answers the ms of a call. */
async function onLnd(count: number, json: boolean): Promise<number> {
  const network = await startTradeNetwork();
  try {
    const bare = BareCycle.onLnd(network);
    for (let index = 0; index < LATENCY_CYCLES; index += 1) await bare.run('AGENT_HELD', index);
    const { call } = bare.latencies;
    bare.close();
    if (count === 0) return round(call);
    const metrics = await freeAddress();
    const stage = await Stage.put({
      network,
      config: { maker: NO_CEILING, taker: NO_CEILING, agent: { ...NO_CEILING, metricsListen: metrics } },
    });
    try {
      print(await realHolds(stage, metrics, count), json);
    } finally {
      await stage.strike();
    }
    return round(call);
  } finally {
    await network.stop();
  }
}

async function realHolds(stage: Stage, metrics: string, count: number): Promise<Line> {
  const sight = Watching.open(stage);
  await measure(count, IN_FLIGHT, async (index) => {
    const direction = index % 2 === 0 ? 'maker-sells' : 'maker-buys';
    const trade = await startTrade(stage, { shape: 'AGENT_HELD', direction, amountSat: AMOUNT_SAT }, sight);
    await trade.reaches(trade.payee, 'engine', 'performing');
  });
  await sight.close();
  const { agent } = stage.daemons;
  await agent.kill();
  const startedMs = performance.now();
  agent.launch();
  await until(
    'every hold is followed again',
    async () => ((await readMetric(metrics, 'tercet_followed_hashes')) >= count ? true : undefined),
    { deadlineMs: PATIENCE_MS, everyMs: 20 },
  );
  return {
    bench: 'recovery',
    nodes: 'lnd',
    trades: count,
    secondsFromStart: seconds(performance.now() - startedMs),
  };
}

const seconds = (ms: number): number => Math.round(ms / 10) / 100;

function print(line: Line, json: boolean): void {
  const { nodes, trades, secondsFromStart, callMs } = line;
  const latency = callMs === undefined ? '' : ` (it answers after ${String(callMs)} ms, as lnd did)`;
  const words = `${nodes.padEnd(6)} ${String(trades).padStart(6)} held trades   ${String(secondsFromStart)} s from the start of the process until each hash is followed${latency}`;
  process.stdout.write(`${json ? JSON.stringify(line) : words}\n`);
}
