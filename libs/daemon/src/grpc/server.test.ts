import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { rpc } from '@tercet/protocol';
import { ClientError, Status } from 'nice-grpc';
import { HealthDefinition } from 'nice-grpc-server-health';
import { ServerReflectionService } from 'nice-grpc-server-reflection';
import type { ServerReflectionResponse } from 'nice-grpc-server-reflection/lib/proto/grpc/reflection/v1/reflection_pb.js';
import reflectionMessages from 'nice-grpc-server-reflection/lib/proto/grpc/reflection/v1/reflection_pb.js';
import type { DaemonConnection } from './client.js';
import { hostService } from './hosted-service.js';
import type { GrpcServerOptions } from './server.js';
import type { SampleDaemon } from './testing/sample-daemon.js';
import { sampleDaemon, SECRET } from './testing/sample-daemon.js';
import { temporaryFolders } from './testing/temporary-folder.js';
import type { Scope } from './tokens.js';

const folders = temporaryFolders();
const daemons: SampleDaemon[] = [];
const connections: DaemonConnection[] = [];
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close();
  await Promise.all(daemons.splice(0).map((daemon) => daemon.server.shutdown(0)));
});
afterAll(() => folders.remove());

async function start(options?: Partial<GrpcServerOptions>): Promise<SampleDaemon> {
  const daemon = await sampleDaemon(await folders.make(), options);
  daemons.push(daemon);
  return daemon;
}

async function connect(daemon: SampleDaemon, scope?: Scope, deadlineMs?: number): Promise<DaemonConnection> {
  const connection = await daemon.connect(scope, deadlineMs);
  connections.push(connection);
  return connection;
}

const makerOf = async (daemon: SampleDaemon, scope?: Scope, deadlineMs?: number) =>
  (await connect(daemon, scope, deadlineMs)).client(rpc.MakerServiceDefinition);

/** The error a call ended with, and the gRPC status it travelled under. */
async function failure(call: Promise<unknown>) {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const cause = (error as { cause?: unknown }).cause;
  return { error, status: cause instanceof ClientError ? Status[cause.code] : undefined };
}

const { ServerReflectionRequest } = reflectionMessages;
const describing = (symbol: string) => new ServerReflectionRequest().setFileContainingSymbol(symbol);

describe('S30 access to methods', () => {
  it('answers a token that has the scope, amounts to the last msat', async () => {
    const client = (await connect(await start(), 'read')).client(rpc.DaemonServiceDefinition);
    expect(await client.getStatus({})).toMatchObject({ version: '1.2.3', owedMsat: 1152921504606846977n });
  });

  it.each([
    ['no token', undefined, 'TOKEN_MISSING', 'UNAUTHENTICATED'],
    ['a token of another scope', 'read', 'TOKEN_SCOPE', 'PERMISSION_DENIED'],
  ] as const)('refuses %s', async (_, scope, code, status) => {
    const client = await makerOf(await start(), scope);
    expect(await failure(client.withdrawOffer({ orderId: 'x' }))).toMatchObject({ error: { code }, status });
  });

  it('needs no token for a public method', async () => {
    const client = (await connect(await start())).client(rpc.PeerServiceDefinition);
    expect(await client.deliver({ envelope: { id: 'e1' } })).toMatchObject({ receipt: { envelopeId: 'e1' } });
  });

  it('does not start with a method that has no scope, or a scope without method', () => {
    const implementation = { getStatus: () => Promise.resolve({}) };
    const host = (scopes: Record<string, 'read'>) => () =>
      hostService({
        definition: rpc.DaemonServiceDefinition,
        implementation,
        scopes: scopes,
      });
    expect(host({})).toThrow('tercet.v1.DaemonService.GetStatus has no scope');
    expect(host({ getStatus: 'read', getMore: 'read' })).toThrow('no method for the scopes of getMore');
  });
});

describe('errors on the wire', () => {
  it('keep code, words, way out and details', async () => {
    const client = await makerOf(await start(), 'trade');
    expect(await failure(client.withdrawOffer({ orderId: 'refused' }))).toMatchObject({
      status: 'ALREADY_EXISTS',
      error: {
        code: 'ORDER_TAKEN',
        message: 'Über 9 sats: a trade holds this order. Nothing was done.',
        wayOut: 'Wait for the trade.',
        details: { trade: 'ab12' },
      },
    });
  });

  it.each(['refused', 'broken'])('S36 keep the cause of "%s" at the daemon', async (orderId) => {
    const client = await makerOf(await start(), 'trade');
    const { error } = await failure(client.withdrawOffer({ orderId }));
    const { cause, ...rest } = error as { cause: ClientError };
    expect(JSON.stringify([rest, String(error), cause.details, cause.message])).not.toContain(SECRET);
  });

  it('say of an unknown one only where the log has it', async () => {
    const daemon = await start();
    const client = await makerOf(daemon, 'trade');
    const { error, status } = await failure(client.withdrawOffer({ orderId: 'broken' }));
    expect({ error, status }).toMatchObject({ error: { code: 'INTERNAL' }, status: 'INTERNAL' });
    const [logged] = daemon.seen.logged;
    expect(logged?.fields).toMatchObject({
      err: { message: SECRET },
      path: '/tercet.v1.MakerService/WithdrawOffer',
      reference: (error as { details: { reference: string } }).details.reference,
    });
  });
});

describe('bounds of a call', () => {
  it("ends at the daemon's longest time, and the method sees it", async () => {
    const daemon = await start({ unaryDeadlineMs: 50 });
    const client = await makerOf(daemon, 'trade');
    expect(await failure(client.withdrawOffer({ orderId: 'slow' }))).toMatchObject({
      error: { code: 'NO_ANSWER_IN_TIME' },
      status: 'DEADLINE_EXCEEDED',
    });
    expect(daemon.seen.aborts).toBe(1);
    expect(daemon.seen.calls.at(-1)).toMatchObject({ status: 'DEADLINE_EXCEEDED' });
  });

  it("ends at the client's own, with or without naming one", async () => {
    const client = await makerOf(await start(), 'trade', 60);
    for (const options of [{}, { deadlineMs: 30 }]) {
      expect(await failure(client.withdrawOffer({ orderId: 'slow' }, options))).toMatchObject({
        error: { code: 'NO_ANSWER_IN_TIME' },
      });
    }
  });

  it('refuses an oversized message', async () => {
    const client = (await connect(await start({ maxMessageBytes: 1000 }))).client(rpc.PeerServiceDefinition);
    expect(await failure(client.deliver({ envelope: { content: 'x'.repeat(1001) } }))).toMatchObject({
      error: { code: 'MESSAGE_TOO_LARGE' },
      status: 'RESOURCE_EXHAUSTED',
    });
    expect(await client.deliver({ envelope: { id: 'small' } })).toBeDefined();
  });

  it('refuses calls above the ceiling, and only those', async () => {
    const daemon = await start({ maxOpenCallsPerHost: 2 });
    const trades = (await connect(daemon, 'read')).client(rpc.TradeServiceDefinition);
    const streams = [1, 2].map(() => trades.watchTrades({})[Symbol.asyncIterator]());
    for (const stream of streams) await stream.next();
    // From another connection: the first is held to two streams by the transport itself.
    const client = (await connect(daemon)).client(rpc.PeerServiceDefinition);
    expect(await failure(client.deliver({}))).toMatchObject({
      error: { code: 'TOO_MANY_CALLS' },
      status: 'RESOURCE_EXHAUSTED',
    });
  });

  it('reaches a stream when its client leaves', async () => {
    const daemon = await start();
    const trades = (await connect(daemon, 'read')).client(rpc.TradeServiceDefinition);
    for await (const { cursor } of trades.watchTrades({ cursor: '7' })) {
      expect(cursor).toBe('71');
      break;
    }
    while (daemon.seen.calls.length === 0) await setImmediate();
    expect(daemon.seen).toMatchObject({ aborts: 1, calls: [{ status: 'CANCELLED' }], logged: [] });
  });
});

describe('shutdown', () => {
  it('ends streams at once with SHUTTING_DOWN, and drains', async () => {
    const daemon = await start();
    const stream = (await connect(daemon, 'read'))
      .client(rpc.TradeServiceDefinition)
      .watchTrades({})
      [Symbol.asyncIterator]();
    await stream.next();
    const ended = failure(stream.next());
    expect(await daemon.server.shutdown()).toBe('drained');
    expect(await ended).toMatchObject({ error: { code: 'SHUTTING_DOWN' }, status: 'UNAVAILABLE' });
  });

  it('cuts a call that does not finish', async () => {
    const daemon = await start();
    const client = await makerOf(daemon, 'trade');
    const call = failure(client.withdrawOffer({ orderId: 'slow' }));
    await (await connect(daemon)).client(rpc.PeerServiceDefinition).deliver({});
    expect(await daemon.server.shutdown(20)).toBe('cut');
    expect((await call).error).toBeDefined();
  });
});

describe('standard services', () => {
  it('health follows setServing, for the daemon and for each service', async () => {
    const daemon = await start();
    const client = (await connect(daemon)).client(HealthDefinition);
    const said = async () =>
      [await client.check({ service: '' }), await client.check({ service: 'tercet.v1.TradeService' })].map(
        (s) => s.status,
      );
    expect((await client.check({ service: '' })).status).toBe(2);
    daemon.server.setServing(true);
    expect(await said()).toEqual([1, 1]);
    daemon.server.setServing(false);
    expect(await said()).toEqual([2, 2]);
  });

  it('reflection names every service and describes it', async () => {
    const client = (await connect(await start())).client(ServerReflectionService);
    const asked = [
      new ServerReflectionRequest().setListServices('*'),
      describing('tercet.v1.TradeService'),
      describing('grpc.health.v1.Health'),
    ];
    const answers: ServerReflectionResponse[] = [];
    for await (const answer of client.serverReflectionInfo(Readable.from(asked))) answers.push(answer);
    const names = answers[0]
      ?.getListServicesResponse()
      ?.getServiceList()
      .map((service) => service.getName());
    expect(names).toEqual([
      'tercet.v1.DaemonService',
      'tercet.v1.MakerService',
      'tercet.v1.TradeService',
      'tercet.v1.PeerService',
      'grpc.health.v1.Health',
      'grpc.reflection.v1.ServerReflection',
    ]);
    for (const answer of answers.slice(1)) {
      expect(answer.getFileDescriptorResponse()?.getFileDescriptorProtoList_asU8()).toHaveLength(1);
    }
  });
});

it('says which address is taken', async () => {
  const daemon = await start();
  const again = sampleDaemon(await folders.make(), { listen: daemon.address });
  await expect(again).rejects.toMatchObject({ code: 'LISTEN_FAILED', details: { address: daemon.address } });
});
