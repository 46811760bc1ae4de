import { randomUUID } from 'node:crypto';
import type { JobOptions, Jobs, QueueName } from './port.js';
import { openQueues } from './queues.js';
import { connect, producerConnection, refuseEviction, workerConnection } from './redis/connect.js';
import { startPrivateRedis } from './redis/private-redis.js';
import { runner as createRunner } from './running.js';
import { settleWithin } from './settle-within.js';
import { sweep } from './sweep.js';
import { workIn, type Work } from './work.js';

const SWEEP_EVERY_MS = 3_000;

/** How long closing waits for a look or a rebuild that has begun. */
const LAST_LOOK_MS = 5_000;

/** Overdue by this much, work counts as lost by the queue and is added again. */
const LOST_AFTER_MS = 5_000;

/**
 * Starts the queues, fills them from the journal and begins to run what is due.
 * Throws REDIS_MISSING, REDIS_FAILED, DATA_FOLDER_IN_USE (private server), REDIS_UNREACHABLE, REDIS_EVICTS; nothing is left running then.
 */
export const startJobs = async (options: JobOptions): Promise<Jobs> => {
  const { handlers, source, logger, prefix, reconcileEveryMs } = options;
  const runner = createRunner(handlers);
  const server =
    options.redisUrl === undefined ? await startPrivateRedis(options.dataDir, logger) : undefined;
  const address = server ? { socketPath: server.socketPath } : { url: options.redisUrl ?? '' };
  const producer = producerConnection(address);
  const worker = workerConnection(address);
  const disconnect = async (): Promise<void> => {
    producer.disconnect();
    worker.disconnect();
    await server?.stop();
  };
  try {
    await connect(producer, address);
    await refuseEviction(producer, address);
    await connect(worker, address);
  } catch (error) {
    await disconnect();
    throw error;
  }

  let ready = false;
  let told = false;
  let closing = false;
  let lastReconcileMs = Date.now();

  const unavailable = (error: unknown): void => {
    ready = false;
    if (told || closing) return;
    told = true;
    const why = error instanceof Error ? error.message : String(error);
    logger.warn({ why }, 'Redis does not answer; due work is swept from the journal until it is back');
    options.onUnavailable?.(why);
  };
  producer.on('error', unavailable);
  producer.on('close', () => unavailable(new Error('connection closed')));
  // Its troubles are the producer's; without a listener they would end the process.
  worker.on('error', unavailable);

  // Times under which deadlines were added here, so that clearing finds their jobs; what it misses fires into nothing.
  const times = new Map<string, number>();
  const deadlineKey = (tradeId: string, name: string): string => JSON.stringify([tradeId, name]);

  const queues = openQueues({
    producer,
    worker,
    prefix,
    async run(queue: QueueName, work) {
      if (!work) return reconcile();
      if (work.queue === 'deadline') times.delete(deadlineKey(work.tradeId, work.name));
      options.onFired?.(queue, Math.max(0, Date.now() - work.timeMs));
      await runner.run(work);
    },
    failed(queue, error) {
      if (!closing && producer.status === 'ready')
        logger.warn({ queue, error }, 'a job failed; it is tried again');
    },
  });

  /** Runs once per interval over all replicas, or here while Redis is away. */
  const reconcile = async (): Promise<void> => {
    lastReconcileMs = Date.now();
    if (ready) {
      const lost = await workIn(source, Date.now() - LOST_AFTER_MS);
      await add(lost.filter((work) => !runner.isRunning(work)));
    }
    // Both, whatever becomes of the other.
    for (const result of await Promise.allSettled([handlers.heights(), handlers.reconcile()])) {
      if (result.status === 'rejected') throw result.reason;
    }
  };

  const add = (work: Work[]): Promise<void> => queues.add(work).catch(unavailable);

  // Gone after FLUSHALL or a fresh server: the sign that the queues are to be filled again.
  const marker = `${prefix}:rebuilt`;
  let rebuilding: Promise<void> | undefined;
  const fill = async (): Promise<void> => {
    const work = await workIn(source);
    try {
      // Before the work is added and read again after it, so that a flush in between is seen.
      const token = randomUUID();
      await producer.set(marker, token);
      await queues.schedule(reconcileEveryMs);
      await queues.add(work);
      if ((await producer.get(marker)) === null) return;
      ready = true;
      if (told) logger.info({}, 'Redis is back; the queues are rebuilt from the journal');
      told = false;
    } catch (error) {
      unavailable(error);
    }
  };
  const rebuild = (): Promise<void> => {
    rebuilding ??= fill().finally(() => {
      rebuilding = undefined;
    });
    return rebuilding;
  };
  const notRead = (error: unknown): void =>
    logger.error({ error }, 'the journal could not be read for the queues; it is tried again');
  producer.on('ready', () => {
    if (!closing) rebuild().catch(notRead);
  });

  let looking: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    try {
      if (ready && (await producer.exists(marker)) === 0) {
        logger.warn({}, 'Redis was emptied; the queues are rebuilt from the journal');
        ready = false;
      }
    } catch (error) {
      unavailable(error);
    }
    try {
      if (!ready && producer.status === 'ready') await rebuild();
      // The queue is only one way to the work: without it the journal is swept here.
      if (!ready) {
        await sweep(source, runner, logger);
        if (Date.now() - lastReconcileMs >= reconcileEveryMs) await reconcile();
      }
    } catch (error) {
      logger.error({ error }, 'looking after due work failed; the next look follows');
    }
  };
  const lookAfter = (): void => {
    if (closing) return;
    looking ??= look().finally(() => {
      looking = undefined;
    });
  };
  const timer = setInterval(lookAfter, options.sweepEveryMs ?? SWEEP_EVERY_MS);

  const jobs: Jobs = {
    async deadlineAt(tradeId, name, timeMs) {
      times.set(deadlineKey(tradeId, name), timeMs);
      await add([{ queue: 'deadline', tradeId, name, timeMs }]);
    },
    async clearDeadline(tradeId, name) {
      const timeMs = times.get(deadlineKey(tradeId, name));
      if (timeMs === undefined) return;
      times.delete(deadlineKey(tradeId, name));
      await queues.remove({ queue: 'deadline', tradeId, name, timeMs }).catch(unavailable);
    },
    effectAt: (key, timeMs) => add([{ queue: 'effect', key, timeMs }]),
    rebuild,
    get ready() {
      return ready;
    },
    async close() {
      if (closing) return;
      closing = true;
      ready = false;
      clearInterval(timer);
      await settleWithin(
        LAST_LOOK_MS,
        [looking, rebuilding].flatMap((one) => one ?? []),
      );
      await Promise.all([queues.close(producer.status === 'ready'), runner.drain(logger)]);
      await disconnect();
    },
  };
  try {
    await rebuild();
  } catch (error) {
    await jobs.close();
    throw error;
  }
  return jobs;
};
