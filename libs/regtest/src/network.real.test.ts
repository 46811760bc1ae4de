import { existsSync } from 'node:fs';
import { createHash, randomBytes } from 'node:crypto';

import {
  createHodlInvoice,
  createInvoice,
  getInvoice,
  pay,
  settleHodlInvoice,
  subscribeToPayViaRequest,
} from 'lightning';

import { fundsOf, ownMsat, regtestBinaries, startNetwork, until, type RegtestNetwork } from './index.js';

describe('a regtest network on real nodes', () => {
  let network: RegtestNetwork | undefined;
  const started = () => {
    if (!network) throw new Error('The network did not start');
    return network;
  };
  const node = (name: string) => started().node(name);

  beforeAll(async () => {
    network = await startNetwork({
      binaries: regtestBinaries(),
      nodes: ['maker', 'taker', 'agent', 'router'],
      channels: ['maker', 'taker', 'agent'].map((from) => ({
        from,
        to: 'router',
        capacitySat: 10_000_000,
        pushSat: 5_000_000,
      })),
    });
  }, 60_000);

  afterAll(async () => {
    await network?.stop();
  }, 60_000);

  test.each([
    ['maker', 'taker', 100_000n],
    ['taker', 'agent', 1_234_567n],
    ['agent', 'maker', 99_999_999n],
  ])('%s pays %s through the router, and every msat is found again', async (from, to, mtokens) => {
    const before = await Promise.all(
      [from, to, 'router'].map(async (name) => ownMsat(await fundsOf(node(name)))),
    );
    const { request } = await createInvoice({ lnd: node(to).lnd, mtokens: String(mtokens) });
    const { fee_mtokens: fee } = await pay({ lnd: node(from).lnd, request });
    await Promise.all([from, to, 'router'].map((name) => quiet(name)));
    const after = await Promise.all(
      [from, to, 'router'].map(async (name) => ownMsat(await fundsOf(node(name)))),
    );
    const gained = after.map((now, index) => now - (before[index] ?? 0n));
    expect(gained).toEqual([-mtokens - BigInt(fee), mtokens, BigInt(fee)]);
    expect(BigInt(fee)).toBeGreaterThan(0n);
  });

  test('a held payment is in neither balance, but in the pending HTLCs of both ends', async () => {
    const secret = randomBytes(32);
    const id = createHash('sha256').update(secret).digest('hex');
    const [payer, payee] = [node('maker'), node('agent')];
    const before = { payer: await fundsOf(payer), payee: await fundsOf(payee) };
    const { request } = await createHodlInvoice({ lnd: payee.lnd, id, mtokens: '50000001' });
    const payment = subscribeToPayViaRequest({ lnd: payer.lnd, request });
    const paid = new Promise<string>((resolve, reject) => {
      payment.once('confirmed', ({ fee_mtokens: fee }: { fee_mtokens: string }) => {
        resolve(fee);
      });
      payment.once('failed', (failure) => {
        reject(new Error(JSON.stringify(failure)));
      });
    });
    await until('the hold', async () =>
      (await getInvoice({ lnd: payee.lnd, id })).is_held === true ? true : undefined,
    );

    const held = { payer: await fundsOf(payer), payee: await fundsOf(payee) };
    expect(held.payee.incomingHtlcMsat).toBe(50_000_001n);
    expect(held.payee.pendingHtlcs).toMatchObject([{ hash: id, direction: 'incoming', amountSat: 50_000n }]);
    expect(held.payer.pendingHtlcs).toMatchObject([{ hash: id, direction: 'outgoing' }]);
    expect(ownMsat(held.payee)).toBe(ownMsat(before.payee));
    expect(ownMsat(held.payer)).toBe(ownMsat(before.payer) - held.payer.outgoingHtlcMsat);

    await settleHodlInvoice({ lnd: payee.lnd, secret: secret.toString('hex') });
    const fee = BigInt(await paid);
    expect(held.payer.outgoingHtlcMsat).toBe(50_000_001n + fee);
    await Promise.all(['maker', 'agent'].map(quiet));
    expect(ownMsat(await fundsOf(payee)) - ownMsat(before.payee)).toBe(50_000_001n);
  });

  test('mining returns the height that every lnd then has', async () => {
    const before = await started().height();
    expect(await started().mine(25)).toBe(before + 25);
  });

  test.each(['stop', 'kill'] as const)(
    'a node keeps its identity and channels over %s and start',
    async (how) => {
      const taker = node('taker');
      const { nodeId, pid } = taker;
      await taker[how]();
      expect(taker.isRunning).toBe(false);
      await started().mine(1);
      await taker.start(['--invoices.holdexpirydelta=20']);
      expect(taker.nodeId).toBe(nodeId);
      expect(taker.pid).not.toBe(pid);
      const { request } = await createInvoice({ lnd: taker.lnd, tokens: 1000 });
      const paid = await until('a route to the restarted node', () =>
        pay({ lnd: node('maker').lnd, request }),
      );
      expect(paid.is_confirmed).toBe(true);
    },
    60_000,
  );

  test('a refused chain call carries the code of the node', async () => {
    await expect(started().chain.call('sendrawtransaction', ['00'])).rejects.toMatchObject({ code: -22 });
  });

  test('nothing is left after stop', async () => {
    const { dir, nodes } = started();
    await started().stop();
    network = undefined;
    expect(existsSync(dir)).toBe(false);
    for (const { pid } of Object.values(nodes)) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  async function quiet(name: string): Promise<void> {
    await until(`${name} to have no pending HTLC`, async () => {
      const { pendingHtlcs } = await fundsOf(node(name));
      return pendingHtlcs.length === 0 ? true : undefined;
    });
  }
});

test('a network that can not start leaves nothing and says which process failed', async () => {
  const binaries = { ...regtestBinaries(), lnd: '/bin/false' };
  await expect(startNetwork({ binaries, nodes: ['lone'], channels: [] })).rejects.toThrow(
    /lnd lone ended \(code 1\)/,
  );
});
