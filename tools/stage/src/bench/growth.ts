/** `npm run bench -- growth`: what a step and a trade at rest cost an agent that has few or many live trades. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HeldNode, HeldProcess } from './held-process.js';
import { stockTrades } from './live-trades.js';

export interface GrowthOptions {
  /** Live trades; the first is what the others are compared with. */
  trades: readonly number[];
  json: boolean;
}

interface Line {
  bench: 'growth';
  trades: number;
  cpuMsPerStep: number;
  msPerStep: number;
  /** Of processor time, for a block that nothing is due at. */
  cpuMsPerBlock: number;
  /** At rest: see REST_MS. */
  residentMb: number;
  /** The most that it had until then, which is at its start. */
  peakMb: number;
  /** In use, garbage left out. */
  liveMb: number;
  /** What a further trade takes of both, against the first line. */
  residentBytesPerTrade?: number;
  liveBytesPerTrade?: number;
  /** Processor time of a step over that of the first line. */
  ratio: number;
}

/** Steps before those that are measured, and steps that are: each ends a trade, so there are so many more at first. */
const WARM_UP_STEPS = 400;
const STEPS = 200;
const BLOCKS = 50;
/**
 * V8 itself collects what the start left, and gives the memory back, some 10 to 35 s after a process has come to rest. The
 * least within this time counts: what an agent does each minute makes garbage, whatever the number of its trades.
 */
const REST_MS = 45_000;
/** As the images have it, see docs/performance.md. */
const YOUNG = ['--max-semi-space-size=16'];

export async function benchGrowth({ trades, json }: GrowthOptions): Promise<void> {
  let first: Line | undefined;
  for (const count of trades) {
    const line = await measureAt(count, first);
    first ??= line;
    print(line, json);
  }
}

async function measureAt(count: number, first: Line | undefined): Promise<Line> {
  const folder = await mkdtemp(join(tmpdir(), 'tercet-growth-'));
  try {
    const stocked = await stockTrades(join(folder, 'agent'), count + WARM_UP_STEPS + STEPS);
    const node = await HeldNode.start(stocked, 0);
    const agent = HeldProcess.start(stocked, YOUNG);
    await agent.followed(stocked.count);
    const { residentBytes, peakBytes, liveBytes } = await agent.atRest(REST_MS);
    const cpuMsPerBlock = await agent.blocks(BLOCKS, node);
    await agent.steps(WARM_UP_STEPS, node);
    const { cpuMs, ms } = await agent.steps(STEPS, node);
    await agent.stop();
    await node.stop();
    const [residentMb, liveMb] = [residentBytes / MB, liveBytes / MB];
    const more = count - (first?.trades ?? 0);
    const each = (mb: number, firstMb: number) => Math.round(((mb - firstMb) * MB) / more);
    return {
      bench: 'growth',
      trades: count,
      cpuMsPerStep: round(cpuMs),
      msPerStep: round(ms),
      cpuMsPerBlock: round(cpuMsPerBlock),
      residentMb: round(residentMb),
      peakMb: round(peakBytes / MB),
      liveMb: round(liveMb),
      ...(first &&
        more > 0 && {
          residentBytesPerTrade: each(residentMb, first.residentMb),
          liveBytesPerTrade: each(liveMb, first.liveMb),
        }),
      ratio: round(cpuMs / (first?.cpuMsPerStep ?? cpuMs)),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const MB = 1_000_000;
const round = (value: number): number => Math.round(value * 100) / 100;

function print(line: Line, json: boolean): void {
  const { trades, cpuMsPerStep, msPerStep, cpuMsPerBlock, residentMb, peakMb, liveMb, ratio } = line;
  const { residentBytesPerTrade, liveBytesPerTrade } = line;
  const more = (bytes?: number) => (bytes === undefined ? '' : ` (${String(bytes)} bytes a trade)`);
  const words = `${String(trades).padStart(6)} live trades   a step: ${String(cpuMsPerStep)} ms of CPU, ${String(msPerStep)} ms, ratio ${String(ratio)}; a block ${String(cpuMsPerBlock)} ms of CPU   resident ${String(residentMb)} MB${more(residentBytesPerTrade)}, in use ${String(liveMb)} MB${more(liveBytesPerTrade)}, at most ${String(peakMb)} MB`;
  process.stdout.write(`${json ? JSON.stringify(line) : words}\n`);
}
