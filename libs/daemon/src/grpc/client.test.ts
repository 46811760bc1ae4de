import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { rpc } from '@tercet/protocol';
import { connectDaemon } from './client.js';
import type { PeerConnections } from './peer-connections.js';
import { peerConnections } from './peer-connections.js';
import type { SampleDaemon } from './testing/sample-daemon.js';
import { sampleDaemon } from './testing/sample-daemon.js';
import { temporaryFolders } from './testing/temporary-folder.js';

const folders = temporaryFolders();
let daemon: SampleDaemon | undefined;
let folder = '';
beforeAll(async () => {
  folder = await folders.make();
  daemon = await sampleDaemon(folder);
});
afterAll(async () => {
  await daemon?.server.shutdown(0);
  await folders.remove();
});
const running = (): SampleDaemon => {
  if (!daemon) throw new Error('the sample daemon has not started');
  return daemon;
};

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}

describe('pinning', () => {
  it.each(['fingerprint', 'certPath'] as const)('connects by %s', async (by) => {
    const { fingerprint, certPath, address } = running();
    const connection = await connectDaemon({
      address,
      pin: by === 'fingerprint' ? { fingerprint } : { certPath },
    });
    expect(await connection.client(rpc.PeerServiceDefinition).deliver({})).toBeDefined();
    connection.close();
  });

  it('refuses a wrong fingerprint before a byte is sent', async () => {
    const { address, seen, fingerprint } = running();
    const calls = seen.calls.length;
    const attempt = connectDaemon({ address, pin: { fingerprint: '0'.repeat(64) } });
    await expect(attempt).rejects.toMatchObject({
      code: 'PEER_CERT_MISMATCH',
      details: { presented: fingerprint },
    });
    expect(seen.calls).toHaveLength(calls);
  });

  it('refuses the certificate file of another daemon', async () => {
    const other = await sampleDaemon(await folders.make());
    const connection = await connectDaemon({ address: running().address, pin: { certPath: other.certPath } });
    const call = connection.client(rpc.PeerServiceDefinition).deliver({});
    await expect(call).rejects.toMatchObject({ code: 'PEER_CERT_MISMATCH' });
    connection.close();
    await other.server.shutdown(0);
  });

  it('refuses a daemon that came back with another certificate', async () => {
    const first = await sampleDaemon(await folders.make());
    const connection = await first.connect();
    const client = connection.client(rpc.PeerServiceDefinition);
    await client.deliver({});
    await first.server.shutdown();
    const second = await sampleDaemon(await folders.make(), { listen: first.address });
    await expect(client.deliver({})).rejects.toThrow(/Nobody answers|another certificate/);
    connection.close();
    await second.server.shutdown(0);
  });
});

describe('an address', () => {
  it.each([
    ['without port', 'localhost', 'ADDRESS_INVALID'],
    ['with a port that is none', 'localhost:70000', 'ADDRESS_INVALID'],
    ['with a path', 'localhost:1/x', 'ADDRESS_INVALID'],
  ])('%s is refused', async (_, address, code) => {
    await expect(connectDaemon({ address, pin: { fingerprint: 'ab' } })).rejects.toMatchObject({ code });
  });

  it('at which nobody answers is PEER_UNREACHABLE, by fingerprint and by file', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const { fingerprint, certPath } = running();
    await expect(connectDaemon({ address, pin: { fingerprint } })).rejects.toMatchObject({
      code: 'PEER_UNREACHABLE',
    });
    const connection = await connectDaemon({ address, pin: { certPath } });
    await expect(connection.client(rpc.PeerServiceDefinition).deliver({})).rejects.toMatchObject({
      code: 'PEER_UNREACHABLE',
    });
    connection.close();
  });

  it('that accepts and says nothing is PEER_UNREACHABLE', async () => {
    // Reads, so that it notices when the other side has gone.
    const silent = createServer((socket) => socket.resume());
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const attempt = connectDaemon({ address, pin: { fingerprint: 'ab' }, deadlineMs: 50 });
    await expect(attempt).rejects.toMatchObject({ code: 'PEER_UNREACHABLE' });
    await once(silent.close(), 'close');
  });

  it('of a daemon that was never started says so', async () => {
    const attempt = connectDaemon({ address: running().address, pin: { certPath: `${folder}/none.cert` } });
    await expect(attempt).rejects.toMatchObject({ code: 'CERT_FILE_MISSING' });
  });

  it('of a daemon with another role is NOT_SERVED', async () => {
    const connection = await running().connect('admin');
    const call = connection.client(rpc.ArbiterServiceDefinition).listDisputes({});
    await expect(call).rejects.toMatchObject({ code: 'NOT_SERVED' });
    connection.close();
  });
});

describe('connections to peers', () => {
  let peers: PeerConnections | undefined;
  afterEach(() => peers?.close());
  const contact = () => ({ address: running().address, certFingerprint: running().fingerprint });

  it('are one for each contact', async () => {
    peers = peerConnections();
    const [one, two] = await Promise.all([peers.to(contact()), peers.to(contact())]);
    expect(one).toBe(two);
    expect(await peers.to(contact())).toBe(one);
  });

  it('start afresh after a try that failed, and come back by themselves', async () => {
    peers = peerConnections({ deadlineMs: 2000 });
    const own = await folders.make();
    const port = await freePort();
    const { fingerprint, ...first } = await sampleDaemon(own, { listen: `127.0.0.1:${port}` });
    const address = `127.0.0.1:${port}`;
    await first.server.shutdown();
    const to = { address, certFingerprint: fingerprint };
    await expect(peers.to(to)).rejects.toMatchObject({ code: 'PEER_UNREACHABLE' });

    const second = await sampleDaemon(own, { listen: address });
    const client = (await peers.to(to)).client(rpc.PeerServiceDefinition);
    await client.deliver({});
    await second.server.shutdown();
    await expect(client.deliver({})).rejects.toMatchObject({ code: 'PEER_UNREACHABLE' });

    const third = await sampleDaemon(own, { listen: address });
    const delivered = async (): Promise<unknown> => client.deliver({}).catch(() => delivered());
    expect(await delivered()).toBeDefined();
    await third.server.shutdown(0);
  });

  it('that were forgotten are made anew; the others stay', async () => {
    peers = peerConnections();
    const first = await peers.to(contact());
    peers.forget({ ...contact(), certFingerprint: '00'.repeat(32) });
    expect(await peers.to(contact())).toBe(first);
    peers.forget(contact());
    const second = await peers.to(contact());
    expect(second).not.toBe(first);
    await expect(second.client(rpc.PeerServiceDefinition).deliver({})).resolves.toBeDefined();
  });

  it('close the one unused longest above the ceiling', async () => {
    peers = peerConnections({ most: 1 });
    const first = await peers.to(contact());
    const other = await sampleDaemon(await folders.make());
    await peers.to({ address: other.address, certFingerprint: other.fingerprint });
    await expect(first.client(rpc.PeerServiceDefinition).deliver({})).rejects.toThrow();
    expect(await peers.to(contact())).not.toBe(first);
    await other.server.shutdown(0);
  });
});

it('the certificate file is the certificate', async () => {
  expect(await readFile(running().certPath, 'utf8')).toContain('BEGIN CERTIFICATE');
});
