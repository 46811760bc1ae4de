import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasCode } from '@tercet/protocol';
import { regtestBinaries, startNetwork, until, type LndNode, type RegtestNetwork } from '@tercet/regtest';
import { createSeed, createWallet, unauthenticatedLndGrpc } from 'lightning';
import {
  codeOf,
  drain,
  freshPreimage,
  hashOf,
  heldHold,
  holdRequest,
  invoiceReaches,
} from '../contract/network.js';
import type { LightningNode } from '../port.js';
import type { LndOptions } from './access.js';
import { bakeMacaroon } from './bake-macaroon.js';
import { connectLnd } from './connect.js';
import { LND_PERMISSIONS, lndPermissionsFor } from './permissions.js';

const adminOf = (node: LndNode): LndOptions => ({
  socket: node.rpcSocket,
  certPath: node.tlsCertPath,
  macaroonPath: node.adminMacaroonPath,
});

/** A road to a node that can be blocked without a word, as a lost route does it. */
const road = async (socket: string) => {
  const port = Number(socket.split(':')[1]);
  const open = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connect(port, 'localhost');
    for (const end of [near, far]) {
      open.add(end);
      end.on('error', () => end.destroy());
      end.on('close', () => open.delete(end));
    }
    near.pipe(far).pipe(near);
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The road has no port.');
  return {
    socket: `localhost:${String(address.port)}`,
    /** What is connected now stays so, and nothing gets through it any more. */
    freeze: () => {
      for (const end of open) {
        end.unpipe();
        end.pause();
      }
    },
    close: () => {
      for (const end of open) end.destroy();
      server.close();
    },
  };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
};

describe('access to an lnd', () => {
  let network: RegtestNetwork | undefined;
  const opened: LightningNode[] = [];
  const node = (name: string) => {
    if (!network) throw new Error('The network did not start.');
    return network.node(name);
  };
  const open = (options: LndOptions): LightningNode => {
    const lnd = connectLnd(options);
    opened.push(lnd);
    return lnd;
  };

  beforeAll(async () => {
    network = await startNetwork({
      binaries: regtestBinaries(),
      nodes: ['host', 'payer'],
      channels: [{ from: 'payer', to: 'host', capacitySat: 5_000_000 }],
    });
  }, 120_000);

  afterAll(async () => {
    for (const lnd of opened) lnd.close();
    await network?.stop();
  }, 60_000);

  test('S35 a macaroon allows the calls it was baked for, and no other', async () => {
    const admin = adminOf(node('host'));
    const macaroon = await bakeMacaroon(admin, lndPermissionsFor(['createHold', 'lookUpInvoice']), 11n);
    const lnd = open({ ...admin, macaroon });
    const preimage = freshPreimage();
    const hash = hashOf(preimage);
    await lnd.createHold(holdRequest(hash));
    expect(await lnd.lookUpInvoice(hash)).toMatchObject({ state: 'open' });
    const { signal } = new AbortController();
    expect(await codeOf(lnd.settleHold(hash, preimage))).toBe('NODE_UNAUTHORIZED');
    expect(await codeOf(lnd.cancelHold(hash))).toBe('NODE_UNAUTHORIZED');
    expect(await codeOf(lnd.decode('lnbcrt1' as Parameters<LightningNode['decode']>[0]))).toBe(
      'NODE_UNAUTHORIZED',
    );
    expect(await codeOf(lnd.lookUpPayment(hash))).toBe('NODE_UNAUTHORIZED');
    expect(await codeOf(drain(lnd.watchTip(signal)))).toBe('NODE_UNAUTHORIZED');
    expect(await codeOf(drain(lnd.watchPayment(hash, signal)))).toBe('NODE_UNAUTHORIZED');
    expect(await codeOf(bakeMacaroon({ ...admin, macaroon }, LND_PERMISSIONS))).toBe('NODE_UNAUTHORIZED');
  });

  test("another node's macaroon is NODE_UNAUTHORIZED, another node's certificate NODE_WRONG_CERT", async () => {
    const host = adminOf(node('host'));
    const payer = adminOf(node('payer'));
    expect(await codeOf(open({ ...host, macaroonPath: payer.macaroonPath }).tip())).toBe('NODE_UNAUTHORIZED');
    expect(await codeOf(open({ ...host, certPath: payer.certPath }).tip())).toBe('NODE_WRONG_CERT');
  });

  test('S23 an lnd that stops breaks the streams; once it is back the same connection finds what it holds', async () => {
    const host = node('host');
    const lnd = open({ ...adminOf(host), pulseMs: 500 });
    const payer = open(adminOf(node('payer')));
    const { hash, preimage } = await heldHold({ host: lnd, payer });
    const { signal } = new AbortController();
    const watching = [drain(lnd.watchInvoice(hash, signal)), drain(lnd.watchTip(signal))].map(codeOf);
    await host.stop();
    expect(await Promise.all(watching)).toEqual(['NODE_UNAVAILABLE', 'NODE_UNAVAILABLE']);
    expect(await codeOf(lnd.lookUpInvoice(hash))).toBe('NODE_UNAVAILABLE');
    await host.start();
    await until('the node to answer again', () =>
      lnd.tip().catch((error: unknown) => {
        if (hasCode(error, 'NODE_UNAVAILABLE')) return undefined;
        throw error;
      }),
    );
    expect(await invoiceReaches(lnd, hash, 'accepted')).toMatchObject({ htlcs: [{ state: 'held' }] });
    expect(await lnd.settleHold(hash, preimage)).toMatchObject({ state: 'settled' });
  }, 60_000);

  test('S5 a road that goes dead without a word ends calls and streams, and another is found', async () => {
    const path = await road(node('host').rpcSocket);
    try {
      const lnd = open({ ...adminOf(node('host')), socket: path.socket, deadlineMs: 1_000, pulseMs: 1_000 });
      const abort = new AbortController();
      const tips = lnd.watchTip(abort.signal)[Symbol.asyncIterator]();
      expect((await tips.next()).done).toBe(false);
      path.freeze();
      expect(await codeOf(tips.next())).toBe('NODE_UNAVAILABLE');
      expect((await lnd.tip()).height).toBeGreaterThan(0);
    } finally {
      path.close();
    }
  }, 20_000);

  test('a wallet that was never made, and one that is locked, are NODE_LOCKED', async () => {
    const { chain } = network ?? {};
    if (!chain) throw new Error('The network did not start.');
    const dir = mkdtempSync(join(tmpdir(), 'tercet-locked-'));
    const socket = node('host').rpcSocket.replace(/\d+$/, String(await freePort()));
    const certPath = join(dir, 'tls.cert');
    const start = async (): Promise<ChildProcess> => {
      const child = spawn(
        regtestBinaries().lnd,
        [
          `--lnddir=${dir}`,
          '--bitcoin.regtest',
          '--bitcoin.node=btcd',
          `--btcd.rpchost=${new URL(chain.rpcUrl).host}`,
          `--btcd.rpcuser=${chain.user}`,
          `--btcd.rpcpass=${chain.pass}`,
          `--btcd.rpccert=${chain.certPath}`,
          `--rpclisten=${socket}`,
          '--norest',
          '--nolisten',
        ],
        { stdio: 'ignore' },
      );
      await once(child, 'spawn');
      await until('its certificate', () => Promise.resolve(existsSync(certPath) ? true : undefined));
      return child;
    };
    const end = async (child: ChildProcess) => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    };
    /** The first code that isn't "no answer yet". */
    const code = (lnd: LightningNode) =>
      until('an answer', async () => {
        const answer = await codeOf(lnd.tip());
        return answer === 'NODE_UNAVAILABLE' ? undefined : answer;
      });

    let child = await start();
    try {
      const access = { socket, certPath, macaroonPath: node('host').adminMacaroonPath, pulseMs: 500 };
      expect(await code(open(access))).toBe('NODE_LOCKED');

      const { lnd } = unauthenticatedLndGrpc({ socket, cert: readFileSync(certPath, 'base64') });
      const password = Buffer.from('locked wallet').toString('hex');
      await createWallet({ lnd, password, seed: (await createSeed({ lnd })).seed });
      await until('its macaroon', () =>
        Promise.resolve(
          existsSync(join(dir, 'data/chain/bitcoin/regtest/admin.macaroon')) ? true : undefined,
        ),
      );
      await end(child);
      child = await start();
      expect(await code(open(access))).toBe('NODE_LOCKED');
    } finally {
      await end(child);
      rmSync(dir, { recursive: true, force: true });
    }
  }, 60_000);

  test('a certificate or macaroon that is not there is named before anything is sent', () => {
    const admin = adminOf(node('host'));
    expect(() => connectLnd({ ...admin, certPath: '/nowhere/tls.cert' })).toThrow(/certificate/);
    expect(() => connectLnd({ ...admin, macaroonPath: undefined })).toThrow(/macaroon/);
  });
});
