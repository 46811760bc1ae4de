import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startJobs } from '../jobs.js';
import type { JobLogger, JobOptions, Jobs } from '../port.js';

/** A line per handler call or log message: `deadline t1 lease`, `effect k1`, `heights`, `reconcile`, `warn ...`. */
export interface Bench {
  dataDir: string;
  lines: string[];
  logger: JobLogger;
  /** What the journal holds; a handler takes out what it did, as a commit would. */
  effects: Map<string, number>;
  deadlines: Map<string, { tradeId: string; name: string; timeMs: number }>;
  /** Resolves when a line has been seen so many times; rejects after 15 s with all that was seen. */
  seen(line: string | RegExp, times?: number): Promise<void>;
  start(options?: Partial<JobOptions>): Promise<Jobs>;
  /** Closes every daemon's jobs that were started, removes the folder. */
  end(): Promise<void>;
}

const PATIENCE_MS = 15_000;

/** A journal in memory, handlers that record, and a data folder of their own. */
export const openBench = async (under = tmpdir()): Promise<Bench> => {
  const dataDir = await mkdtemp(join(under, 'tercet-jobs-'));
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const started: Jobs[] = [];
  const say = (line: string): void => {
    lines.push(line);
    for (const check of waiting) check();
  };
  const log =
    (level: string) =>
    (_fields: Record<string, unknown>, message: string): void =>
      say(`${level} ${message}`);
  const effects: Bench['effects'] = new Map();
  const deadlines: Bench['deadlines'] = new Map();
  const logger = { info: log('info'), warn: log('warn'), error: log('error') };

  const seen: Bench['seen'] = (line, times = 1) =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        waiting.delete(check);
        reject(new Error(`not seen ${times} times: ${String(line)}\n${lines.join('\n')}`));
      }, PATIENCE_MS);
      const check = (): void => {
        const count = lines.filter((one) =>
          typeof line === 'string' ? one === line : line.test(one),
        ).length;
        if (count < times) return;
        clearTimeout(late);
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });

  return {
    dataDir,
    lines,
    logger,
    effects,
    deadlines,
    seen,
    async start(options) {
      const jobs = await startJobs({
        dataDir,
        prefix: 'tercet-test',
        reconcileEveryMs: 60_000,
        logger,
        sweepEveryMs: 100,
        handlers: {
          deadline(tradeId, name) {
            deadlines.delete(`${tradeId} ${name}`);
            say(`deadline ${tradeId} ${name}`);
            return Promise.resolve();
          },
          effect(key) {
            effects.delete(key);
            say(`effect ${key}`);
            return Promise.resolve();
          },
          heights() {
            say('heights');
            return Promise.resolve();
          },
          reconcile() {
            say('reconcile');
            return Promise.resolve();
          },
        },
        source: {
          pendingEffects: (beforeMs = Infinity) =>
            Promise.resolve(
              [...effects].map(([key, dueMs]) => ({ key, dueMs })).filter(({ dueMs }) => dueMs <= beforeMs),
            ),
          timeDeadlines: (beforeMs = Infinity) =>
            Promise.resolve([...deadlines.values()].filter(({ timeMs }) => timeMs <= beforeMs)),
        },
        ...options,
      });
      started.push(jobs);
      return jobs;
    },
    async end() {
      for (const jobs of started) await jobs.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};
