import { TercetError } from '@tercet/protocol';
import { Redis, type RedisOptions } from 'ioredis';

/** Where a Redis listens. */
export type RedisAddress = { url: string } | { socketPath: string };

/** A command that takes longer than this counts as unanswered: no step of a trade waits on Redis. */
const COMMAND_TIMEOUT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** Short at first, because a private server is back within a second; never longer than 2 s, since it is next door. */
const retryStrategy = (times: number): number => Math.min(50 * 2 ** Math.min(times, 6), 2_000);

/** The place without user and password, for messages (S36). */
const placeOf = (address: RedisAddress): string => {
  if ('socketPath' in address) return address.socketPath;
  return URL.canParse(address.url) ? new URL(address.url).host : 'the given URL';
};

const open = (address: RedisAddress, options: RedisOptions): Redis => {
  const all = { ...options, lazyConnect: true, connectTimeout: CONNECT_TIMEOUT_MS, retryStrategy };
  return 'url' in address ? new Redis(address.url, all) : new Redis({ ...all, path: address.socketPath });
};

/** For adding jobs: fails at once while disconnected instead of queueing commands in memory. */
export const producerConnection = (address: RedisAddress): Redis =>
  open(address, { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: COMMAND_TIMEOUT_MS });

/** For workers: waits for ever, as BullMQ demands of a connection that blocks. */
export const workerConnection = (address: RedisAddress): Redis =>
  open(address, { maxRetriesPerRequest: null });

/** Connects, or throws REDIS_UNREACHABLE. The connection reconnects by itself from then on. */
export const connect = async (redis: Redis, address: RedisAddress): Promise<void> => {
  let seen: Error | undefined;
  const note = (error: Error): void => {
    seen = error;
  };
  redis.on('error', note);
  const late = setTimeout(() => redis.disconnect(), CONNECT_TIMEOUT_MS);
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    const why = seen ?? error;
    throw new TercetError(
      'REDIS_UNREACHABLE',
      `Redis at ${placeOf(address)} doesn't answer (${why instanceof Error ? why.message : String(why)}). Nothing was started, no sats are touched.`,
      {
        wayOut:
          'Start that Redis, correct redisUrl, or leave redisUrl out: the daemon then runs a private redis-server.',
        cause: error,
      },
    );
  } finally {
    clearTimeout(late);
    redis.off('error', note);
  }
};

/** Throws REDIS_EVICTS unless Redis keeps what it is given: BullMQ's keys must never be dropped to save memory. */
export const refuseEviction = async (redis: Redis, address: RedisAddress): Promise<void> => {
  // INFO, not CONFIG GET: hosted servers forbid the latter.
  const policy = /^maxmemory_policy:(\S+)/m.exec(await redis.info('memory'))?.[1];
  if (policy === undefined || policy === 'noeviction') return;
  throw new TercetError(
    'REDIS_EVICTS',
    `Redis at ${placeOf(address)} throws keys away when memory is short (maxmemory-policy ${policy}), so a deadline of a trade could come late. Nothing was started.`,
    { wayOut: 'Set `maxmemory-policy noeviction` there, or leave redisUrl out.', details: { policy } },
  );
};
