import { z } from 'zod';
import { NETWORKS } from '@tercet/protocol';

/** Which daemon a configuration is for. */
export type Role = 'maker' | 'taker' | 'agent';

/** A string of a certain form; `form` is what a person reads when it is wrong. */
const text = (pattern: RegExp, form: string) => z.string().regex(pattern).meta({ form });

const hostAndPort = () => text(/^(\[[0-9a-fA-F:]+\]|[^\s:[\]]+):(\d{1,5})$/, 'host:port');
const path = () => z.string().min(1).meta({ form: 'a path; ~ is the home folder' });
const whole = (min: number, max: number) => z.number().int().min(min).max(max);

/** Every satoshi there can be: an upper bound that is never a typo's friend, since ceilings default far below. */
const ALL_SATS = 2_100_000_000_000_000;

const DEFAULT_PORT: Record<Role, number> = { maker: 10_101, taker: 10_201, agent: 10_301 };

/** Limits of protocol.md section 5 and S37; all of them are refusals in the core, never only in a page. */
const ceilings = z
  .strictObject({
    largestTradeSat: whole(10_000, ALL_SATS)
      .default(1_000_000)
      .describe('Largest price of one trade, in sat'),
    openTrades: whole(1, 10_000).default(10).describe('Most trades that are not over at one time'),
    satsPerHour: whole(10_000, ALL_SATS)
      .default(5_000_000)
      .describe(
        'Most that leaves this node within an hour, in sat, routing fees aside. What would be more waits; a refund never does',
      ),
    messagesPerMinute: whole(30, 1_000_000)
      .default(600)
      .describe('Most messages from one network address within a minute; what is more is sent again later'),
    newTradesPerMinute: whole(1, 1_000_000)
      .default(20)
      .describe('Most messages from one network address within a minute that would begin a trade'),
  })
  .prefault({});

/** Blocks before A, the height at which a hold is treated as over (protocol.md section 5). Checked for their order. */
const margins = z
  .strictObject({
    payoutLastBlocks: whole(28, 500)
      .default(51)
      .describe('No payout starts later than so many blocks before A'),
    decideByBlocks: whole(3, 400).default(36).describe('Rulings and reveals end so many blocks before A'),
    forcedSettleBlocks: whole(2, 300)
      .default(24)
      .describe('What is open so many blocks before A is settled into custody'),
    alarmBlocks: whole(1, 200).default(12).describe('From so many blocks before A the operator is alarmed'),
  })
  .prefault({});

const lnd = z
  .strictObject({
    socket: hostAndPort().default('127.0.0.1:10009').describe("lnd's gRPC address"),
    certPath: path().default('~/.lnd/tls.cert').describe("lnd's TLS certificate"),
    macaroonPath: path()
      .optional()
      .describe(
        'A macaroon that may bake others (admin), or one prepared with just the calls needed. Default: admin.macaroon of the network under ~/.lnd',
      ),
  })
  .prefault({});

const base = (role: Role) => ({
  dataDir: path().default(`~/.tercet/${role}`).describe('Where the daemon keeps its store, keys and tokens'),
  network: z
    .enum(NETWORKS)
    .default('regtest')
    .describe('The chain; `bitcoin` is mainnet. The node must be on the same'),
  allowMainnet: z
    .boolean()
    .default(false)
    .describe('Has to be true for network `bitcoin`, together with all three ceilings: real money'),
  listen: hostAndPort().default(`127.0.0.1:${DEFAULT_PORT[role]}`).describe('Where the gRPC server listens'),
  publicAddress: hostAndPort()
    .optional()
    .describe('Where peers reach this daemon. Default: the same as listen'),
  lnd,
  redisUrl: text(/^rediss?:\/\/\S+$/, 'redis://host:port or rediss://host:port')
    .meta({ secret: true })
    .optional()
    .describe('A Redis for the queues (REDIS_URL is read too). Default: a private redis-server in dataDir'),
  databaseUrl: text(/^postgres(ql)?:\/\/\S+$/, 'postgres://user@host/name')
    .meta({ secret: true })
    .optional()
    .describe('A PostgreSQL for the journal (DATABASE_URL is read too). Default: SQLite in dataDir'),
  metricsListen: hostAndPort().optional().describe('Where Prometheus finds metrics. Default: nowhere'),
  logLevel: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
    .default('info')
    .describe('Least weight of what is logged'),
  handshakeSeconds: whole(5, 3_600)
    .default(600)
    .describe(
      'How long terms may take to be signed by all before this side drops them; nothing is locked in that time',
    ),
  reconcileSeconds: whole(5, 3_600)
    .default(60)
    .describe(
      'How often live hashes are looked up, whatever the streams said: 500 at a time, one after the other',
    ),
  shutdownSeconds: whole(1, 300)
    .default(20)
    .describe('How long each part may take to close before the next one does'),
  ceilings,
  margins,
});

const agents = z
  .array(
    z.strictObject({
      key: z.string().regex(/^[0-9a-f]{64}$/),
      address: z.string().regex(/^(\[[0-9a-fA-F:]+\]|[^\s:[\]]+):(\d{1,5})$/),
      fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  )
  .max(100)
  .default([])
  .meta({
    form: 'a list of {"key": 64 hex digits, "address": "host:port", "fingerprint": 64 hex digits}, at most 100',
  })
  .describe(
    'Agents this trader trusts: standing key (x-only), address, and SHA-256 of the TLS certificate (64 hex digits each)',
  );

const trader = (role: 'maker' | 'taker') => z.strictObject({ ...base(role), agents });

const agent = z.strictObject({
  ...base('agent'),
  fees: z
    .strictObject({
      retainBaseSat: whole(0, 1_000_000).default(10).describe('Fixed part of the retain fee, in sat'),
      retainPpmPer1000Blocks: whole(0, 100_000)
        .default(100)
        .describe('Part of the retain fee that grows: millionths of the price for 1 000 blocks of the hold'),
      successPpm: whole(0, 100_000).default(5_000).describe('Success fee, millionths of the price'),
    })
    .prefault({}),
  smallestPriceSat: whole(10_000, ALL_SATS)
    .default(10_000)
    .describe('No trade below it, nor below 1 500 vB at feeRateSatPerVb: a force close would eat it'),
  feeRateSatPerVb: whole(1, 5_000)
    .default(5)
    .describe('On-chain fee rate used for the smallest price, in sat/vB'),
  leaseBlocks: whole(3, 6)
    .default(6)
    .describe('How many blocks a retained trade may take to lock (locked is at most 2 before its end)'),
});

/** One schema per daemon: the parts all share, and what is its own. */
export const schemas = { maker: trader('maker'), taker: trader('taker'), agent } as const;

/** What is derived from the rest where it isn't given. */
interface Derived {
  publicAddress: string;
  lnd: { socket: string; certPath: string; macaroonPath: string };
}

type Complete<Given> = Omit<Given, keyof Derived> & Derived;

export type TraderConfig = Complete<z.output<ReturnType<typeof trader>>> & { role: 'maker' | 'taker' };
export type AgentConfig = Complete<z.output<typeof agent>> & { role: 'agent' };
export type Config = TraderConfig | AgentConfig;
