/** Every decoder there is, and a run over them. */
import { cliDecoders } from '@tercet/cli/fuzz';
import { daemonDecoders } from '@tercet/daemon/fuzz';
import { journalDecoders } from '@tercet/journal/fuzz';
import type { Decoder, FuzzReport } from '@tercet/protocol/fuzz';
import { fuzz, protocolDecoders } from '@tercet/protocol/fuzz';

export const allDecoders = (): Decoder[] => [
  ...protocolDecoders(),
  ...daemonDecoders(),
  ...journalDecoders(),
  ...cliDecoders(),
];

export interface Run {
  /** Over all decoders, by their shares. */
  inputs: number;
  seed: number;
  path?: string;
}

/** Gives each decoder its share of the inputs, one after the other. */
export async function* fuzzAll(decoders: Decoder[], { inputs, seed, path }: Run): AsyncGenerator<FuzzReport> {
  const whole = decoders.reduce((sum, { share = 1 }) => sum + share, 0);
  for (const one of decoders) {
    const runs = path === undefined ? Math.ceil((inputs * (one.share ?? 1)) / whole) : 1;
    yield await fuzz(one, { inputs: runs, seed, path });
    await one.close?.();
  }
}

/** The report of one decoder as people read it; a failure ends in the line that replays it. */
export function reportText({ name, inputs, seconds, outcomes, slowestMs, failure }: FuzzReport): string {
  const rate = Math.round(inputs / Math.max(seconds, 0.001));
  const counts = Object.entries(outcomes)
    .sort(([, a], [, b]) => b - a)
    .map(([outcome, count]) => `    ${outcome.padEnd(28)} ${count}`);
  const head = `${name}: ${inputs} inputs, ${rate} a second, slowest ${slowestMs.toFixed(0)} ms`;
  if (!failure) return [head, ...counts].join('\n');
  const replay = `npm run fuzz -- --decoder ${name} --seed ${failure.seed} --path ${failure.path}`;
  return [
    head,
    ...counts,
    `  FAILED: ${failure.why}`,
    `  input: ${failure.input}`,
    `  again: ${replay}`,
  ].join('\n');
}
