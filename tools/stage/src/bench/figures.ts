/** Percentiles and rates of a run. */
function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

export const median = (samples: readonly number[]): number => percentile(samples, 0.5);

export interface Figures {
  count: number;
  perSecond: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
}

/** Runs `count` pieces of work, `inFlight` at a time, and measures each. */
export async function measure(
  count: number,
  inFlight: number,
  work: (index: number) => Promise<void>,
): Promise<Figures> {
  const samples: number[] = [];
  let next = 0;
  const startedMs = performance.now();
  const worker = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      const beganMs = performance.now();
      await work(index);
      samples.push(performance.now() - beganMs);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const seconds = (performance.now() - startedMs) / 1000;
  return {
    count,
    perSecond: round(count / seconds),
    p50Ms: round(percentile(samples, 0.5)),
    p95Ms: round(percentile(samples, 0.95)),
    p99Ms: round(percentile(samples, 0.99)),
  };
}

/** Two runs of the same kind as one: counts add up, the rest is the mean weighted by count. */
export function merge(all: readonly Figures[]): Figures {
  const count = all.reduce((sum, figures) => sum + figures.count, 0);
  const seconds = all.reduce((sum, figures) => sum + figures.count / figures.perSecond, 0);
  const mean = (of: (f: Figures) => number) =>
    round(all.reduce((sum, f) => sum + of(f) * f.count, 0) / count);
  return {
    count,
    perSecond: round(count / seconds),
    p50Ms: mean((f) => f.p50Ms),
    p95Ms: mean((f) => f.p95Ms),
    p99Ms: mean((f) => f.p99Ms),
  };
}

export const round = (value: number): number => Math.round(value * 10) / 10;
