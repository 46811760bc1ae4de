import { Queue, Worker, type JobsOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import type { QueueName } from './port.js';
import { settleWithin } from './settle-within.js';
import { jobId, type Work } from './work.js';

type Data = { work: Work } | { work: undefined };

export interface Queues {
  add(work: Work[]): Promise<void>;
  remove(work: Work): Promise<void>;
  /** Starts the scheduler of the reconcile queue anew, from now; one for all replicas of a prefix. */
  schedule(everyMs: number): Promise<void>;
  /** Takes no new job and waits for the running ones, if there is a Redis to tell it to. */
  close(connected: boolean): Promise<void>;
}

/** Jobs in flight at once. An effect waits on a node, so one that is stuck must leave room for the others (S28). */
const CONCURRENCY: Record<QueueName, number> = { deadline: 20, effect: 50, reconcile: 1 };
const CLOSE_WORKERS_MS = 10_000;
const CLOSE_QUEUES_MS = 2_000;

/** Kept until it worked or gave up, then forgotten: the journal still has what isn't done, and a reconcile brings it back. */
const JOB: JobsOptions = {
  attempts: 8,
  backoff: { type: 'exponential', delay: 500, jitter: 0.2 },
  removeOnComplete: true,
  removeOnFail: true,
};

/** Most jobs in one round trip: a rebuild of thousands must not outlast the command timeout. */
const BATCH = 200;

/**
 * The three BullMQ queues and their workers. `run` gets each job that is due, `failed` what BullMQ reports.
 * `producer` must fail fast, `worker` must wait for ever.
 */
export const openQueues = (options: {
  producer: Redis;
  worker: Redis;
  prefix: string;
  run: (queue: QueueName, work: Work | undefined) => Promise<void>;
  failed: (queue: QueueName, error: Error) => void;
}): Queues => {
  const { producer, worker: blocking, prefix, run, failed } = options;
  const names: QueueName[] = ['deadline', 'effect', 'reconcile'];
  const queues = new Map<QueueName, Queue<Data>>();
  const workers: Worker<Data>[] = [];
  for (const name of names) {
    const queue = new Queue<Data>(name, { connection: producer, prefix, defaultJobOptions: JOB });
    queue.on('error', (error) => failed(name, error));
    queues.set(name, queue);
    const worker = new Worker<Data>(name, (job) => run(name, job.data.work), {
      connection: blocking,
      prefix,
      concurrency: CONCURRENCY[name],
    });
    worker.on('error', (error) => failed(name, error));
    worker.on('failed', (_job, error) => failed(name, error));
    workers.push(worker);
  }
  const queue = (name: QueueName): Queue<Data> => {
    const found = queues.get(name);
    if (!found) throw new Error(`no queue ${name}`);
    return found;
  };

  return {
    async add(work) {
      const now = Date.now();
      for (const name of ['deadline', 'effect'] as const) {
        const mine = work.filter((one) => one.queue === name);
        for (let at = 0; at < mine.length; at += BATCH) {
          await queue(name).addBulk(
            mine.slice(at, at + BATCH).map((one) => ({
              name,
              data: { work: one },
              opts: { jobId: jobId(one), delay: Math.max(0, one.timeMs - now) },
            })),
          );
        }
      }
    },
    async remove(work) {
      await queue(work.queue).remove(jobId(work));
    },
    async schedule(everyMs) {
      // One that is kept would go on waiting for the time it has, and the clock may have been set back since.
      await queue('reconcile').removeJobScheduler('reconcile');
      await queue('reconcile').upsertJobScheduler(
        'reconcile',
        { every: everyMs },
        { name: 'reconcile', data: { work: undefined } },
      );
    },
    async close(connected) {
      // Not connected: a graceful close would wait for Redis.
      await settleWithin(
        CLOSE_WORKERS_MS,
        workers.map((worker) => worker.close(!connected)),
      );
      await settleWithin(
        CLOSE_QUEUES_MS,
        [...queues.values()].map((one) => one.close()),
      );
    },
  };
};
