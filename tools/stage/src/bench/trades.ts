/** `npm run bench -- trades`: complete trades through three daemons beside the bare Lightning calls, interleaved in one run. */
import { ofEach, PARTIES, startTradeNetwork, type PartyName } from '../stage/layout.js';
import { Stage } from '../stage/stage.js';
import type { Sight } from '../stage/sight.js';
import { completeTrade, startTrade, type ShapeWord } from '../stage/trade.js';
import { Watching } from '../stage/watching.js';
import { BareCycle } from './bare-cycle.js';
import { cpuMsOf } from './cpu.js';
import { measure, merge, round, type Figures } from './figures.js';

export interface TradesOptions {
  inFlight: readonly number[];
  /** Rounds of bare cycle and trades by turns. */
  rounds: number;
  /** Trades a round, for each place in flight. */
  perPlace: number;
  json: boolean;
}

interface Line {
  bench: 'trades';
  shape: ShapeWord;
  inFlight: number;
  bare: Figures;
  tercet: Figures;
  cpuMsPerTrade: Record<string, number>;
  ratio: number;
}

const SHAPES: readonly ShapeWord[] = ['AGENT_HELD', 'PEER_HELD'];
const NO_CEILING = {
  ceilings: { largestTradeSat: 10_000_000, openTrades: 10_000, satsPerHour: 2_100_000_000_000_000 },
};

export async function benchTrades(options: TradesOptions): Promise<void> {
  const network = await startTradeNetwork();
  try {
    const stage = await Stage.put({
      network,
      config: { maker: NO_CEILING, taker: NO_CEILING, agent: NO_CEILING },
    });
    const bare = new BareCycle(network);
    const sight = Watching.open(stage);
    try {
      // The first trades load code and warm caches; they are not counted.
      for (const shape of SHAPES) await oneTrade(stage, sight, shape, 0);
      for (const inFlight of options.inFlight) {
        for (const shape of SHAPES)
          print(await run({ stage, bare, sight }, shape, inFlight, options), options.json);
      }
    } finally {
      bare.close();
      await sight.close();
      await stage.strike();
    }
  } finally {
    await network.stop();
  }
}

interface Bench {
  stage: Stage;
  bare: BareCycle;
  sight: Sight;
}

async function run(
  { stage, bare, sight }: Bench,
  shape: ShapeWord,
  inFlight: number,
  options: TradesOptions,
): Promise<Line> {
  const count = options.perPlace * inFlight;
  const bareRounds: Figures[] = [];
  const tradeRounds: Figures[] = [];
  const cpuMs: CpuMs = { maker: 0, taker: 0, agent: 0 };
  for (let round = 0; round < options.rounds; round += 1) {
    bareRounds.push(await measure(count, inFlight, (index) => bare.run(shape, index)));
    const before = await cpu(stage);
    tradeRounds.push(await measure(count, inFlight, (index) => oneTrade(stage, sight, shape, index)));
    const after = await cpu(stage);
    for (const party of PARTIES) cpuMs[party] += after[party] - before[party];
  }
  const tercet = merge(tradeRounds);
  const bareAll = merge(bareRounds);
  return {
    bench: 'trades',
    shape,
    inFlight,
    bare: bareAll,
    tercet,
    cpuMsPerTrade: Object.fromEntries(PARTIES.map((party) => [party, round(cpuMs[party] / tercet.count)])),
    ratio: Math.round((tercet.perSecond / bareAll.perSecond) * 100) / 100,
  };
}

async function oneTrade(stage: Stage, sight: Sight, shape: ShapeWord, index: number): Promise<void> {
  const direction = index % 2 === 0 ? 'maker-sells' : 'maker-buys';
  const trade = await startTrade(stage, { shape, direction }, sight);
  await completeTrade(trade);
}

type CpuMs = Record<PartyName, number>;

const cpu = (stage: Stage): Promise<CpuMs> => ofEach((party) => cpuMsOf(stage.daemons[party].pid ?? 0));

function print(line: Line, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  const { bare, tercet } = line;
  const cpuAll = round(Object.values(line.cpuMsPerTrade).reduce((sum, ms) => sum + ms, 0));
  process.stdout.write(
    `${line.shape.padEnd(11)} ${String(line.inFlight).padStart(3)} in flight   bare ${String(bare.perSecond)}/s p50 ${String(bare.p50Ms)} ms p95 ${String(bare.p95Ms)} ms   ` +
      `tercet ${String(tercet.perSecond)}/s p50 ${String(tercet.p50Ms)} ms p95 ${String(tercet.p95Ms)} ms   cpu ${String(cpuAll)} ms a trade   ratio ${String(line.ratio)}\n`,
  );
}
