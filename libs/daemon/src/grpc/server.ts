import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
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
import { connectionGate } from './connection-limits.js';
import type { HostedService } from './hosted-service.js';
import { limitedRequests } from './request-limits.js';
import { BoundedCredentials } from './server-credentials.js';
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
  maxConnections?: number;
  maxConnectionsPerHost?: number;
  /** A connection without a call ends after this time. */
  idleMs?: number;
  /** Longest time of a TLS handshake, and of a request from its first byte to its last. */
  handshakeMs?: number;
  requestMs?: number;
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
  maxMessageBytes: 128 * 1024,
  unaryDeadlineMs: 30 * SECOND_MS,
  streamDeadlineMs: 24 * 60 * MINUTE_MS,
  maxOpenCalls: 2048,
  maxOpenCallsPerHost: 512,
  maxConnections: 2048,
  maxConnectionsPerHost: 512,
  idleMs: 10 * MINUTE_MS,
  handshakeMs: 10 * SECOND_MS,
  requestMs: 20 * SECOND_MS,
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
  const gate = connectionGate({
    open: options.maxConnections ?? DEFAULTS.maxConnections,
    openPerHost: options.maxConnectionsPerHost ?? DEFAULTS.maxConnectionsPerHost,
  });
  const requests = limitedRequests({
    requestMs: options.requestMs ?? DEFAULTS.requestMs,
    unfinished: options.maxOpenCalls ?? DEFAULTS.maxOpenCalls,
    unfinishedPerHost: options.maxOpenCallsPerHost ?? DEFAULTS.maxOpenCallsPerHost,
    cut: (peer) => gate.cut(peer),
  });
  const server = createServer({ ...channelOptions(options), interceptors: [requests] })
    .use(recordedCalls(options.onCall ?? (() => undefined)))
    .use(typedErrors(options.logger))
    .use(gate.middleware)
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
  gate.watch(port);
  return {
    port,
    setServing: (serving) => ready.set(serving, hosted),
    async shutdown(graceMs = DEFAULTS.graceMs) {
      ready.set(false, hosted);
      closing.abort();
      gate.close();
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
  'grpc.max_connection_idle_ms': options.idleMs ?? DEFAULTS.idleMs,
});

const accessOf = (services: readonly HostedService[]): Map<string, Access> =>
  new Map(services.flatMap(({ accessByPath }) => [...accessByPath]));

async function listen(server: Server, options: GrpcServerOptions): Promise<number> {
  const { listen: address, tls, handshakeMs = DEFAULTS.handshakeMs } = options;
  try {
    return await server.listen(address, new BoundedCredentials(tls, handshakeMs));
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
