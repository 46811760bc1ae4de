/** Runs a decoder's inputs by a seed, counts the outcomes and finds the first input that breaks a rule. Test code only. */
import fc from 'fast-check';
import type { Decoder } from './decoder.js';

export interface FuzzOptions {
  inputs: number;
  seed: number;
  /** Where in the seed's inputs to begin: what a failing run names. */
  path?: string;
  /** Longest time of one input, ms of the processor. */
  limitMs?: number;
}
export interface FuzzReport {
  name: string;
  inputs: number;
  seconds: number;
  /** How often each outcome came. */
  outcomes: Record<string, number>;
  slowestMs: number;
  failure?: { why: string; input: string; seed: number; path: string };
}

/** Of the processor's time, so that a busy machine is no failure; generous: it finds what grows with the input's square. */
const LIMIT_MS = 5_000;

/** Never throws for what a decoder does: a failure stands in the report. */
export async function fuzz(decoder: Decoder, options: FuzzOptions): Promise<FuzzReport> {
  const { inputs, seed, path, limitMs = LIMIT_MS } = options;
  const report: FuzzReport = { name: decoder.name, inputs: 0, seconds: 0, outcomes: {}, slowestMs: 0 };
  const prototypes = fingerprint();
  const one = async (input: unknown): Promise<void> => {
    const before = process.cpuUsage();
    // Awaited only where it must be: a promise for each input would be half the time.
    const given = decoder.feed(input);
    const outcome = typeof given === 'string' ? given : await given;
    const spent = process.cpuUsage(before);
    // The first one also loads what is loaded at first use.
    const elapsed = report.inputs === 0 ? 0 : (spent.user + spent.system) / 1000;
    report.inputs += 1;
    report.slowestMs = Math.max(report.slowestMs, elapsed);
    report.outcomes[outcome] = (report.outcomes[outcome] ?? 0) + 1;
    if (elapsed > limitMs) throw new Error(`it took ${elapsed.toFixed(0)} ms`);
    if (fingerprint() !== prototypes) throw new Error('a prototype was changed');
  };
  const from = performance.now();
  const parameters = { numRuns: inputs, seed, endOnFailure: true, ...(path === undefined ? {} : { path }) };
  const result = await fc.check(fc.asyncProperty(decoder.inputs, one), parameters);
  report.seconds = (performance.now() - from) / 1000;
  if (result.failed) {
    report.failure = {
      why:
        result.errorInstance instanceof Error
          ? (result.errorInstance.stack ?? result.errorInstance.message)
          : String(result.errorInstance),
      input: fc.stringify(result.counterexample).slice(0, 2_000),
      seed,
      path: result.counterexamplePath ?? '',
    };
  }
  return report;
}

/** What a polluted prototype would have more of. */
const fingerprint = (): string =>
  [Object.prototype, Array.prototype, Function.prototype, String.prototype]
    .map((prototype) => Reflect.ownKeys(prototype).length)
    .join();
