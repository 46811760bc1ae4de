import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostService, loadOrCreateTls, loadOrCreateTokens, startGrpcServer } from '@tercet/daemon';
import { rpc, TercetError } from '@tercet/protocol';
import { buyersTrade, inspected, ORDER_ID, TRADE_ID } from './samples.js';

/** A daemon without trades of its own: real TLS, tokens and errors, answers as the test sets them. */
export interface FakeDaemon {
  trades: rpc.Trade[];
  order: rpc.InspectOrderResponse;
  /** What the commands asked for, by method. */
  calls: { method: string; request: object }[];
  payments: rpc.Payment[];
  /** Streams of `watch`, one per connection: answers, then the error that ends it. */
  streams: { answers: rpc.WatchTradesResponse[]; end?: TercetError }[];
  /** Thrown by the next call of a command. */
  refusal?: TercetError;
  stop(): Promise<void>;
}

const notFound = (id: string): TercetError =>
  new TercetError('TRADE_NOT_FOUND', `There is no trade ${id} here.`, {
    wayOut: 'See them all with "tercet trades --all".',
  });

/** Trades in one answer. */
const PAGE = 2;

const quiet = { error: () => undefined, warn: () => undefined };

const services = (fake: FakeDaemon) => {
  const take = <Request extends object>(method: string, request: Request): Request => {
    fake.calls.push({ method, request });
    const { refusal } = fake;
    if (refusal && method !== 'getTrade') throw refusal;
    return request;
  };
  const find = (start: string): rpc.Trade => {
    const trade = fake.trades.find(({ tradeId }) => tradeId.startsWith(start));
    if (!trade) throw notFound(start);
    return trade;
  };
  const change = (method: string) => (request: { tradeId: string }) =>
    Promise.resolve({ trade: find(take(method, request).tradeId) });
  const offer = rpc.Offer.fromPartial({ orderId: ORDER_ID, state: rpc.OfferState.OPEN, side: rpc.Side.SELL });

  return [
    hostService({
      definition: rpc.DaemonServiceDefinition,
      implementation: {
        getStatus: () =>
          Promise.resolve({
            role: rpc.Role.MAKER,
            version: '0.1.0',
            network: rpc.Network.REGTEST,
            lightning: { nodeId: '02'.repeat(33), alias: 'alice\u001b[31m', reachable: true, synced: true },
            tipHeight: 1005,
            ready: true,
            warnings: ['No agent is ready.'],
            owedMsat: 1_500n,
          }),
      },
      scopes: { getStatus: 'read' },
    }),
    hostService({
      definition: rpc.TradeServiceDefinition,
      implementation: {
        listTrades: (request) => {
          const { includeEnded, before } = take('listTrades', request);
          const wanted = fake.trades.filter(({ ended }) => includeEnded || !ended).toReversed();
          const from = wanted.findIndex(({ tradeId }) => tradeId === before) + 1;
          return Promise.resolve({
            trades: wanted.slice(from, from + PAGE),
            more: wanted.length > from + PAGE,
          });
        },
        getTrade: change('getTrade'),
        async *watchTrades(request) {
          take('watchTrades', request);
          const stream = fake.streams.shift();
          for (const answer of stream?.answers ?? []) yield await Promise.resolve(answer);
          if (stream?.end) throw stream.end;
        },
        confirmSent: change('confirmSent'),
        release: change('release'),
        cancel: change('cancel'),
        getEvidence: (request) => {
          find(take('getEvidence', request).tradeId);
          return Promise.resolve({ evidenceJson: new TextEncoder().encode('{"terms":{}}') });
        },
        listAgents: (request) => {
          take('listAgents', request);
          return Promise.resolve({ agents: fake.order.agents });
        },
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
      definition: rpc.MakerServiceDefinition,
      implementation: {
        createOffer: (request) => {
          take('createOffer', request);
          return Promise.resolve({
            orderId: ORDER_ID,
            orderUri: 'tercet:order/xyz',
            orderFileJson: '{"order":1}',
          });
        },
        listOffers: (request) => {
          take('listOffers', request);
          return Promise.resolve({ offers: [offer] });
        },
        withdrawOffer: (request) => {
          take('withdrawOffer', request);
          return Promise.resolve({ offer: { ...offer, state: rpc.OfferState.WITHDRAWN } });
        },
      },
      scopes: { createOffer: 'trade', listOffers: 'read', withdrawOffer: 'trade' },
    }),
    hostService({
      definition: rpc.TakerServiceDefinition,
      implementation: {
        inspectOrder: (request) => {
          take('inspectOrder', request);
          return Promise.resolve(fake.order);
        },
        take: (request) => {
          take('take', request);
          return Promise.resolve({ tradeId: TRADE_ID });
        },
      },
      scopes: { inspectOrder: 'read', take: 'trade' },
    }),
    hostService({
      definition: rpc.OperatorServiceDefinition,
      implementation: {
        listPayments: (request) => {
          const { hash } = take('listPayments', request);
          return Promise.resolve({
            payments: fake.payments.filter((payment) => payment.hash.startsWith(hash)),
            tipHeight: 1005,
            spending: { sentMsat: 60_000_000n, capMsat: 5_000_000_000n, waiting: 1 },
            stopped: { reason: 'a\u001b[31m look at the node', by: 'admin', sinceMs: 1_790_000_000_000n },
          });
        },
        resolvePayment: (request) => {
          take('resolvePayment', request);
          return Promise.resolve({
            payment: fake.payments[0],
            recorded: request.preimage === '' ? '' : 'paymentPaid',
            text: 'What came of it.',
          });
        },
        stopTrading: (request) => {
          const { reason } = take('stopTrading', request);
          return Promise.resolve({ stopped: { reason, by: 'admin', sinceMs: 1_790_000_000_000n } });
        },
        resumeTrading: (request) => {
          take('resumeTrading', request);
          return Promise.resolve({ stoppedForMs: request.reason === 'never' ? 0n : 61_000n });
        },
      },
      scopes: { listPayments: 'read', resolvePayment: 'admin', stopTrading: 'admin', resumeTrading: 'admin' },
    }),
  ];
};

/** Starts one as the maker of this home folder, with the configuration that says where it listens. */
export const startFakeDaemon = async (home: string): Promise<FakeDaemon> => {
  const folder = join(home, '.tercet', 'maker');
  await mkdir(folder, { recursive: true });
  const fake: FakeDaemon = {
    trades: [buyersTrade()],
    payments: [],
    order: inspected(),
    calls: [],
    streams: [],
    stop: () => Promise.resolve(),
  };
  const server = await startGrpcServer({
    listen: '127.0.0.1:0',
    tls: await loadOrCreateTls({ folder }),
    tokens: await loadOrCreateTokens(folder),
    services: services(fake),
    logger: quiet,
  });
  fake.stop = async () => {
    await server.shutdown(0);
  };
  await writeFile(join(folder, 'config.json'), JSON.stringify({ listen: `127.0.0.1:${server.port}` }));
  return fake;
};
