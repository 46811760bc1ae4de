import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rpc, TercetError } from '@tercet/protocol';
import type { CallContext } from 'nice-grpc';
import type { CallRecord } from '../call-record.js';
import type { DaemonConnection } from '../client.js';
import { connectDaemon } from '../client.js';
import type { HostedService } from '../hosted-service.js';
import { hostService } from '../hosted-service.js';
import type { GrpcServer, GrpcServerOptions } from '../server.js';
import { startGrpcServer } from '../server.js';
import { loadOrCreateTls } from '../tls.js';
import type { Scope } from '../tokens.js';
import { loadOrCreateTokens, tokenPath } from '../tokens.js';

export const SECRET = 'preimage 7f3a';

/** Aborts of calls that waited for their end, as the methods saw them. */
export interface Seen {
  aborts: number;
  logged: { fields: Record<string, unknown>; text: string }[];
  calls: CallRecord[];
}

const untilAborted = (signal: AbortSignal, seen: Seen): Promise<never> =>
  new Promise((_, reject) => {
    const fail = () => {
      seen.aborts += 1;
      reject(signal.reason as Error);
    };
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });

/** What WithdrawOffer does, by the order id it is asked for. */
async function withdraw(
  orderId: string,
  context: CallContext,
  seen: Seen,
): Promise<rpc.WithdrawOfferResponse> {
  switch (orderId) {
    case 'refused':
      throw new TercetError('ORDER_TAKEN', 'Über 9 sats: a trade holds this order. Nothing was done.', {
        wayOut: 'Wait for the trade.',
        details: { trade: 'ab12' },
        cause: new Error(SECRET),
      });
    case 'broken':
      throw new Error(SECRET);
    case 'slow':
      return untilAborted(context.signal, seen);
    default:
      return { offer: undefined };
  }
}

const closed = (): Promise<never> =>
  Promise.reject(new TercetError('NOT_SERVED', 'Not here.', { wayOut: 'Elsewhere.' }));

function sampleServices(seen: Seen): HostedService[] {
  return [
    hostService({
      definition: rpc.DaemonServiceDefinition,
      implementation: { getStatus: () => Promise.resolve({ version: '1.2.3', owedMsat: 2n ** 60n + 1n }) },
      scopes: { getStatus: 'read' },
    }),
    hostService({
      definition: rpc.MakerServiceDefinition,
      implementation: {
        createOffer: closed,
        listOffers: closed,
        withdrawOffer: ({ orderId }, context) => withdraw(orderId, context, seen),
      },
      scopes: { createOffer: 'trade', listOffers: 'read', withdrawOffer: 'trade' },
    }),
    hostService({
      definition: rpc.TradeServiceDefinition,
      implementation: {
        listTrades: closed,
        getTrade: closed,
        async *watchTrades({ cursor }, context) {
          yield { cursor: `${cursor}1` };
          await untilAborted(context.signal, seen);
        },
        confirmSent: closed,
        release: closed,
        cancel: closed,
        getEvidence: closed,
        listAgents: closed,
      },
      scopes: {
        listTrades: 'read',
        getTrade: 'read',
        watchTrades: 'read',
        confirmSent: 'trade',
        release: 'trade',
        cancel: 'trade',
        getEvidence: 'read',
        listAgents: 'read',
      },
    }),
    hostService({
      definition: rpc.PeerServiceDefinition,
      implementation: {
        deliver: ({ envelope }) => Promise.resolve({ receipt: { envelopeId: envelope?.id, sequence: 1 } }),
      },
      scopes: { deliver: 'public' },
    }),
  ];
}

export interface SampleDaemon {
  server: GrpcServer;
  seen: Seen;
  address: string;
  fingerprint: string;
  certPath: string;
  connect(scope?: Scope, deadlineMs?: number): Promise<DaemonConnection>;
}

/** A daemon's gRPC server on a free loopback port, with services whose answers the tests know. */
export async function sampleDaemon(
  folder: string,
  options: Partial<GrpcServerOptions> = {},
): Promise<SampleDaemon> {
  const tls = await loadOrCreateTls({ folder });
  const tokens = await loadOrCreateTokens(folder);
  const seen: Seen = { aborts: 0, logged: [], calls: [] };
  const log = (fields: Record<string, unknown>, text: string) => void seen.logged.push({ fields, text });
  const server = await startGrpcServer({
    listen: '127.0.0.1:0',
    tls,
    tokens,
    services: sampleServices(seen),
    logger: { error: log, warn: log },
    onCall: (record) => void seen.calls.push(record),
    ...options,
  });
  const address = `127.0.0.1:${server.port}`;
  return {
    server,
    seen,
    address,
    fingerprint: tls.fingerprint,
    certPath: join(folder, 'tls.cert'),
    async connect(scope, deadlineMs) {
      const token = scope && (await readFile(tokenPath(folder, scope), 'utf8')).trim();
      return connectDaemon({ address, pin: { fingerprint: tls.fingerprint }, token, deadlineMs });
    },
  };
}
