import { logVerbosity, ServerCredentials, setLogVerbosity } from '@grpc/grpc-js';
import { TercetError } from '@tercet/protocol';
import type { ChannelOptions, Server } from 'nice-grpc';
import { createServer } from 'nice-grpc';
import type { Access } from './call-access.js';
import { checkedAccess } from './call-access.js';
import { boundedCalls } from './call-bounds.js';
import type { CallLogger } from './call-errors.js';
import { typedErrors } from './call-errors.js';
import { limitedCalls } from './call-limits.js';
import type { CallRecord } from './call-record.js';
import { recordedCalls } from './call-record.js';
import type { HostedService } from './hosted-service.js';
import { health, reflection } from './standard-services.js';
import type { DaemonTls } from './tls.js';
import type { Tokens } from './tokens.js';

export interface GrpcServerOptions {
  /** Host and port; port 0 takes a free one. */
  listen: string;
  tls: Pick<DaemonTls, 'certPem' | 'keyPem'>;
  tokens: Tokens;
  /** Made by hostService. Health and reflection come by themselves and are public. */
  services: readonly HostedService[];
  logger: CallLogger;
  /** For metrics: each call, once it has ended. */
  onCall?: (record: CallRecord) => void;
  /** Largest request; an envelope has 64 KiB at most. */
  maxMessageBytes?: number;
  unaryDeadlineMs?: number;
  streamDeadlineMs?: number;
  maxOpenCalls?: number;
  maxOpenCallsPerHost?: number;
}

export interface GrpcServer {
  port: number;
  /** What the health service says; false until it is set: a daemon is ready when its main says so. */
  setServing(serving: boolean): void;
  /**
   * Takes no new call, ends streams, lets calls finish for `graceMs`, then cuts what is left. Nothing is lost by a cut:
   * what a call has stored goes on at the next start.
   */
  shutdown(graceMs?: number): Promise<'drained' | 'cut'>;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

const DEFAULTS = {
  maxMessageBytes: 256 * 1024,
  unaryDeadlineMs: 30 * SECOND_MS,
  streamDeadlineMs: 24 * 60 * MINUTE_MS,
  maxOpenCalls: 2048,
  maxOpenCallsPerHost: 512,
  graceMs: 10 * SECOND_MS,
};

/** Starts the one gRPC server of a daemon: TLS always, every call checked, bounded, and its errors typed. Throws LISTEN_FAILED. */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  // What it would print on the console beside our log reaches the caller as an error anyway.
  setLogVerbosity(logVerbosity.NONE);
  const closing = new AbortController();
  const ready = health();
  const hosted = [...options.services, ready.service];
  const described = reflection(hosted.map(({ name }) => name));
  const server = createServer(channelOptions(options))
    .use(recordedCalls(options.onCall ?? (() => undefined)))
    .use(typedErrors(options.logger))
    .use(limitedCalls(callLimits(options)))
    .use(checkedAccess(accessOf([...hosted, described]), options.tokens))
    .use(
      boundedCalls({
        unaryMs: options.unaryDeadlineMs ?? DEFAULTS.unaryDeadlineMs,
        streamMs: options.streamDeadlineMs ?? DEFAULTS.streamDeadlineMs,
        closing: closing.signal,
        logger: options.logger,
      }),
    );
  for (const service of [...hosted, described]) service.addTo(server);
  const port = await listen(server, options);
  return {
    port,
    setServing: (serving) => ready.set(serving, hosted),
    async shutdown(graceMs = DEFAULTS.graceMs) {
      ready.set(false, hosted);
      closing.abort();
      return drain(server, graceMs);
    },
  };
}

const callLimits = (options: GrpcServerOptions) => ({
  open: options.maxOpenCalls ?? DEFAULTS.maxOpenCalls,
  openPerHost: options.maxOpenCallsPerHost ?? DEFAULTS.maxOpenCallsPerHost,
});

const channelOptions = (options: GrpcServerOptions): ChannelOptions => ({
  'grpc.max_receive_message_length': options.maxMessageBytes ?? DEFAULTS.maxMessageBytes,
  // Evidence of a long trade is larger than any request.
  'grpc.max_send_message_length': -1,
  'grpc.max_concurrent_streams': options.maxOpenCallsPerHost ?? DEFAULTS.maxOpenCallsPerHost,
  'grpc.keepalive_time_ms': MINUTE_MS,
  'grpc.keepalive_timeout_ms': 20 * SECOND_MS,
  'grpc.max_connection_idle_ms': 10 * MINUTE_MS,
});

const accessOf = (services: readonly HostedService[]): Map<string, Access> =>
  new Map(services.flatMap(({ accessByPath }) => [...accessByPath]));

async function listen(server: Server, { listen: address, tls }: GrpcServerOptions): Promise<number> {
  const keys = [{ private_key: Buffer.from(tls.keyPem), cert_chain: Buffer.from(tls.certPem) }];
  try {
    return await server.listen(address, ServerCredentials.createSsl(null, keys, false));
  } catch (cause) {
    throw new TercetError('LISTEN_FAILED', `The daemon can not listen on ${address}. Nothing was started.`, {
      wayOut: 'Stop what uses that port (another daemon?), or choose another address.',
      details: { address },
      cause,
    });
  }
}

async function drain(server: Server, graceMs: number): Promise<'drained' | 'cut'> {
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise<'cut'>((resolve) => {
    timer = setTimeout(() => resolve('cut'), graceMs);
  });
  const outcome = await Promise.race([server.shutdown().then(() => 'drained' as const), grace]);
  clearTimeout(timer);
  if (outcome === 'cut') server.forceShutdown();
  return outcome;
}
