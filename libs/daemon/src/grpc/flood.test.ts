import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { rpc } from '@tercet/protocol';
import type { DaemonConnection } from './client.js';
import type { GrpcServerOptions } from './server.js';
import type { HostileClient } from './testing/hostile-client.js';
import { hostileClient, silentSocket } from './testing/hostile-client.js';
import type { SampleDaemon } from './testing/sample-daemon.js';
import { sampleDaemon } from './testing/sample-daemon.js';
import { temporaryFolders } from './testing/temporary-folder.js';

const folders = temporaryFolders();
const daemons: SampleDaemon[] = [];
const clients: HostileClient[] = [];
const connections: DaemonConnection[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const connection of connections.splice(0)) connection.close();
  await Promise.all(daemons.splice(0).map((daemon) => daemon.server.shutdown(0)));
});
afterAll(() => folders.remove());

async function start(options: Partial<GrpcServerOptions>): Promise<SampleDaemon> {
  const daemon = await sampleDaemon(await folders.make(), options);
  daemons.push(daemon);
  return daemon;
}
async function hostile(daemon: SampleDaemon, address = '127.0.0.2'): Promise<HostileClient> {
  const client = await hostileClient(daemon, address);
  clients.push(client);
  return client;
}
/** An honest client, on a connection that it makes now. */
async function honest(daemon: SampleDaemon) {
  const connection = await daemon.connect();
  connections.push(connection);
  return connection.client(rpc.PeerServiceDefinition);
}
/** A gRPC message that promises 100 bytes. */
const PROMISE = Uint8Array.of(0, 0, 0, 0, 100);

describe('S37 slow clients', () => {
  it('a request that comes a byte at a time is ended, and honest ones are answered meanwhile', async () => {
    const daemon = await start({ requestMs: 300 });
    const slow = await hostile(daemon);
    const { stream, ended } = slow.begin(PROMISE);
    const client = await honest(daemon);
    const dripping = setInterval(() => stream.write(Uint8Array.of(0)), 20).unref();
    const answered = async () => {
      expect(await client.deliver({ envelope: { id: 'e1' } })).toMatchObject({
        receipt: { envelopeId: 'e1' },
      });
    };
    await answered();
    expect(await ended).toBe('REQUEST_TOO_SLOW');
    clearInterval(dripping);
    await answered();
    await slow.gone;
  });

  it('a TLS handshake that is never begun ends the connection', async () => {
    const daemon = await start({ handshakeMs: 100 });
    const { closed } = await silentSocket(daemon.server.port);
    await closed;
  });

  it('streams that are never finished: above the ceiling refused, another address is answered', async () => {
    const daemon = await start({ requestMs: 60_000, maxOpenCallsPerHost: 64 });
    const [first, second] = [await hostile(daemon), await hostile(daemon)];
    const begin = (client: HostileClient) => Array.from({ length: 40 }, () => client.begin(PROMISE));
    const held = begin(first);
    await first.read();
    const begun = begin(second);
    const refused = await Promise.all(begun.slice(24).map(({ ended }) => ended));
    expect(new Set(refused)).toEqual(new Set(['TOO_MANY_CALLS']));
    expect(await (await honest(daemon)).deliver({ envelope: { id: 'e1' } })).toBeDefined();
    // Whoever was refused is cut off with all that it holds, and counts no more.
    await second.gone;
    first.close();
    await Promise.all([...held, ...begun].map(({ ended }) => ended));
    const { stream, ended } = (await hostile(daemon)).begin(Uint8Array.of(0, 0, 0, 0, 0));
    stream.end();
    expect(await ended).not.toBe('TOO_MANY_CALLS');
  });
});

describe('S37 connections', () => {
  it('above the ceiling of a host are told why, served once others have left, and cut when there are many more', async () => {
    const daemon = await start({ maxConnectionsPerHost: 2 });
    const served = [await hostile(daemon), await hostile(daemon)];
    const third = await hostile(daemon);
    const code = async () => {
      const { stream, ended } = third.begin(Uint8Array.of(0, 0, 0, 0, 0));
      stream.end();
      return ended;
    };
    expect(await code()).toBe('TOO_MANY_CONNECTIONS');
    expect(await (await honest(daemon)).deliver({ envelope: { id: 'e1' } })).toBeDefined();
    served[0]?.close();
    await served[0]?.gone;
    while ((await code()) === 'TOO_MANY_CONNECTIONS') await sleep(10);
    for (let more = 0; more < 65; more += 1) await hostile(daemon).catch(() => undefined);
    await expect(hostile(daemon)).rejects.toThrow(/ECONNRESET|disconnected|hang up/);
  });

  it('idle ones end', async () => {
    const daemon = await start({ idleMs: 1_000 });
    await (
      await hostile(daemon)
    ).gone;
  });
});
