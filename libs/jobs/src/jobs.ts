import { randomUUID } from 'node:crypto';
import { Keeper, type KeptQueues } from './keeper.js';
import type { JobOptions, Jobs } from './port.js';
import { openQueues } from './queues.js';
import { connect, producerConnection, refuseEviction, workerConnection } from './redis/connect.js';
import { startPrivateRedis } from './redis/private-redis.js';

const SWEEP_EVERY_MS = 3_000;

/**
 * Starts the queues, fills them from the journal and begins to run what is due.
 * Throws REDIS_MISSING, REDIS_FAILED, DATA_FOLDER_IN_USE (private server), REDIS_UNREACHABLE, REDIS_EVICTS; nothing is left running then.
 */
export const startJobs = async (options: JobOptions): Promise<Jobs> => {
  const { logger, prefix } = options;
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

  // Times under which deadlines were added here, so that clearing finds their jobs; what it misses fires into nothing.
  const times = new Map<string, number>();
  const deadlineKey = (tradeId: string, name: string): string => JSON.stringify([tradeId, name]);

  const queues = openQueues({
    producer,
    worker,
    prefix,
    async run(queue, work) {
      if (work?.queue === 'deadline') times.delete(deadlineKey(work.tradeId, work.name));
      await keeper.run(queue, work);
    },
    failed(queue, error) {
      if (keeper.ready) logger.warn({ queue, error }, 'a job failed; it is tried again');
    },
  });
  // Gone after FLUSHALL or a fresh server: the sign that the queues are to be filled again.
  const marker = `${prefix}:rebuilt`;
  const kept: KeptQueues = {
    add: (work) => queues.add(work),
    schedule: (everyMs) => queues.schedule(everyMs),
    async mark() {
      await producer.set(marker, randomUUID());
    },
    isMarked: async () => (await producer.set(marker, randomUUID(), 'XX')) !== null,
    get isConnected() {
      return producer.status === 'ready';
    },
  };
  const keeper = new Keeper(kept, options);

  producer.on('error', keeper.unavailable);
  producer.on('close', () => keeper.unavailable(new Error('connection closed')));
  // Its troubles are the producer's; without a listener they would end the process.
  worker.on('error', keeper.unavailable);
  producer.on('ready', () => keeper.refill());
  const timer = setInterval(() => void keeper.look(), options.sweepEveryMs ?? SWEEP_EVERY_MS);
  let closing = false;

  const jobs: Jobs = {
    async deadlineAt(tradeId, name, timeMs) {
      times.set(deadlineKey(tradeId, name), timeMs);
      await keeper.add([{ queue: 'deadline', tradeId, name, timeMs }]);
    },
    async clearDeadline(tradeId, name) {
      const timeMs = times.get(deadlineKey(tradeId, name));
      if (timeMs === undefined) return;
      times.delete(deadlineKey(tradeId, name));
      await queues.remove({ queue: 'deadline', tradeId, name, timeMs }).catch(keeper.unavailable);
    },
    effectAt: (key, timeMs) => keeper.add([{ queue: 'effect', key, timeMs }]),
    rebuild: () => keeper.rebuild(),
    get ready() {
      return keeper.ready;
    },
    async close() {
      if (closing) return;
      closing = true;
      clearInterval(timer);
      await keeper.close();
      await Promise.all([queues.close(producer.status === 'ready'), keeper.runner.drain(logger)]);
      await disconnect();
    },
  };
  try {
    await keeper.rebuild();
  } catch (error) {
    await jobs.close();
    throw error;
  }
  return jobs;
};
