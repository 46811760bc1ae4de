/** `npm run bench -- growth`: what a step and a trade at rest cost an agent that has few or many live trades. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HeldProcess } from './held-process.js';
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
  residentMb: number;
  /** What a further trade takes, against the first line; the node in memory and its holds included. */
  bytesPerTrade?: number;
  /** Processor time of a step over that of the first line. */
  ratio: number;
}

/** Steps before those that are measured, and steps that are. */
const WARM_UP_STEPS = 30;
const STEPS = 60;

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
    const agent = HeldProcess.start(await stockTrades(join(folder, 'agent'), count), 0);
    await agent.followed(count);
    const residentMb = (await agent.residentBytes()) / MB;
    await agent.steps(WARM_UP_STEPS);
    const { cpuMs, ms } = await agent.steps(STEPS);
    await agent.stop();
    return {
      bench: 'growth',
      trades: count,
      cpuMsPerStep: round(cpuMs),
      msPerStep: round(ms),
      residentMb: round(residentMb),
      ...(first && {
        bytesPerTrade: Math.round(((residentMb - first.residentMb) * MB) / (count - first.trades)),
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
  const { trades, cpuMsPerStep, msPerStep, residentMb, bytesPerTrade, ratio } = line;
  const each = bytesPerTrade === undefined ? '' : `, ${String(bytesPerTrade)} bytes a trade`;
  const words = `${String(trades).padStart(6)} live trades   a step: ${String(cpuMsPerStep)} ms of CPU, ${String(msPerStep)} ms   resident ${String(residentMb)} MB${each}   ratio ${String(ratio)}`;
  process.stdout.write(`${json ? JSON.stringify(line) : words}\n`);
}
