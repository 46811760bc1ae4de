import { blocks } from '@tercet/protocol';
import {
  codeOf,
  drain,
  freshPreimage,
  hashOf,
  heldHold,
  holdRequest,
  payRequest,
  PRICE,
} from '../contract/network.js';
import { MemoryLightning } from './network.js';
import type { Transit, Ways } from './transit.js';

const start = () => {
  const network = new MemoryLightning();
  return { network, host: network.node('host'), payer: network.node('payer') };
};

describe('the levers of the in-memory network', () => {
  test('S3 a lost answer: the payment is made, nobody says so, a look-up does', async () => {
    const { host, payer } = start();
    const hash = hashOf(freshPreimage());
    const request = await host.createHold(holdRequest(hash));
    payer.faults.loseAnswers('pay');
    expect(await codeOf(payer.pay(payRequest(request, hash)))).toBe('NODE_UNAVAILABLE');
    expect(await payer.lookUpPayment(hash)).toMatchObject({ state: 'inFlight' });
    expect(await payer.pay(payRequest(request, hash))).toMatchObject({ state: 'inFlight' });
    expect(await host.lookUpInvoice(hash)).toMatchObject({ receivedMsat: PRICE });
  });

  test('S50 a node that was down across A cancels when it is back', async () => {
    const { network, host, payer } = start();
    const { hash } = await heldHold({ host, payer }, { cltvExpiry: blocks(24) });
    const watching = codeOf(drain(host.watchInvoice(hash, new AbortController().signal)));
    await host.tip();
    host.goDown();
    expect(await watching).toBe('NODE_UNAVAILABLE');
    network.mine(20);
    expect(await payer.lookUpPayment(hash)).toMatchObject({ state: 'inFlight' });
    host.comeUp();
    expect(await host.lookUpInvoice(hash)).toMatchObject({ state: 'cancelled' });
    expect(await payer.lookUpPayment(hash)).toMatchObject({ state: 'failed' });
  });

  test('S49 a wallet that pads E by 400 blocks', async () => {
    const { network, host, payer } = start();
    payer.paddingBlocks = 400;
    const { hash } = await heldHold({ host, payer });
    const { height } = network.tip;
    expect(await host.lookUpInvoice(hash)).toMatchObject({ htlcs: [{ expiryHeight: height + 480 }] });
  });

  test('S55 parts, dust among them, and a sum above the price', async () => {
    const { network, host, payer } = start();
    network.routes.split = (amount) => [amount, 300_000n];
    const { hash } = await heldHold({ host, payer });
    const held = await host.lookUpInvoice(hash);
    expect(held).toMatchObject({ receivedMsat: PRICE + 300_000n, htlcs: [{}, { amountMsat: 300_000n }] });
  });

  test('S10 what leaves the payer reaches the payee, or comes back', async () => {
    const { host, payer } = start();
    const before = [payer.balanceMsat, host.balanceMsat];
    const cancelled = await heldHold({ host, payer });
    await host.cancelHold(cancelled.hash);
    expect([payer.balanceMsat, host.balanceMsat]).toEqual(before);
    const settled = await heldHold({ host, payer });
    await host.settleHold(settled.hash, settled.preimage);
    expect([payer.balanceMsat, host.balanceMsat]).toEqual([
      (before[0] ?? 0n) - PRICE,
      (before[1] ?? 0n) + PRICE,
    ]);
  });

  test('time that passes at once lapses open invoices and no held ones', async () => {
    const { network, host, payer } = start();
    const held = await heldHold({ host, payer });
    const open = hashOf(freshPreimage());
    await host.createHold(holdRequest(open));
    network.passTime(600_000);
    expect(await host.lookUpInvoice(open)).toMatchObject({ state: 'cancelled' });
    expect(await host.lookUpInvoice(held.hash)).toMatchObject({ state: 'accepted' });
  });

  test('a call that fails didn’t happen', async () => {
    const { host } = start();
    const hash = hashOf(freshPreimage());
    host.faults.failNext('createHold', new Error('boom'));
    await expect(host.createHold(holdRequest(hash))).rejects.toThrow('boom');
    expect(await host.lookUpInvoice(hash)).toEqual({ state: 'absent' });
  });
});

describe('HTLCs under way', () => {
  const withTransit = () => {
    const ways: Ways[] = [];
    const told: (() => void)[] = [];
    const transit: Transit = { forth: (_, way) => ways.push(way), back: (_, __, tell) => told.push(tell) };
    const network = new MemoryLightning({ transit, routes: { hops: 1, feePerHopMsat: 1000n } });
    const [host, payer] = [network.node('host'), network.node('payer')];
    const total = () => host.balanceMsat + payer.balanceMsat + network.routedMsat;
    const sent = async () => {
      const preimage = freshPreimage();
      const hash = hashOf(preimage);
      await payer.pay(payRequest(await host.createHold(holdRequest(hash)), hash));
      const way = ways.at(-1);
      if (!way) throw new Error('nothing left the payer');
      return { hash, preimage, way };
    };
    return { network, host, payer, told, total, sent };
  };

  test('S3 what has not arrived is in flight, and comes back where the network fails it', async () => {
    const { host, payer, total, sent } = withTransit();
    const before = total();
    const { hash, way } = await sent();
    expect(await host.lookUpInvoice(hash)).toMatchObject({ state: 'open' });
    expect(await payer.lookUpPayment(hash)).toMatchObject({ state: 'inFlight' });
    way.fail('NO_ROUTE');
    expect(await payer.lookUpPayment(hash)).toEqual({ state: 'failed', reason: 'NO_ROUTE' });
    expect(total()).toBe(before);
  });

  test('S8 a settled hold is news to the payer only when it has travelled back', async () => {
    const { host, payer, told, total, sent } = withTransit();
    const before = total();
    const { hash, preimage, way } = await sent();
    way.arrive();
    await host.settleHold(hash, preimage);
    expect(await payer.lookUpPayment(hash)).toMatchObject({ state: 'inFlight' });
    told[0]?.();
    expect(await payer.lookUpPayment(hash)).toMatchObject({ state: 'paid', preimage });
    expect(total()).toBe(before);
  });

  test('S48 a hop that takes them keeps what the payee cancels', async () => {
    const { network, host, payer, told, total, sent } = withTransit();
    const before = total();
    const { hash, preimage, way } = await sent();
    way.arrive();
    way.take(preimage);
    expect(await payer.lookUpPayment(hash)).toMatchObject({ state: 'paid' });
    await host.cancelHold(hash);
    told[0]?.();
    expect(await payer.lookUpPayment(hash)).toMatchObject({ state: 'paid' });
    expect(network.routedMsat).toBe(PRICE + 1000n);
    expect(total()).toBe(before);
  });
});

describe('the chain as the nodes see it', () => {
  test('S14 a node that is behind accepts and lets go by its own tip', async () => {
    const { network, host, payer } = start();
    host.lagBlocks = 2;
    const { hash } = await heldHold({ host, payer }, { cltvExpiry: blocks(24) });
    expect(await host.lookUpInvoice(hash)).toMatchObject({ htlcs: [{ acceptHeight: 98 }] });
    network.mine(9);
    expect(await host.tip()).toMatchObject({ height: 107 });
    expect(await host.lookUpInvoice(hash)).toMatchObject({ state: 'accepted' });
    host.lagBlocks = 0;
    host.onTip();
    expect(await host.lookUpInvoice(hash)).toMatchObject({ state: 'cancelled' });
  });

  test('after a reorg the same height has another block, and a cancelled hold stays so', async () => {
    const { network, host, payer } = start();
    const { hash } = await heldHold({ host, payer }, { cltvExpiry: blocks(24) });
    network.skip(9);
    const before = await host.tip();
    expect(await host.lookUpInvoice(hash)).toMatchObject({ state: 'cancelled' });
    network.reorg(6);
    expect(await host.tip()).toMatchObject({ height: before.height - 6 });
    network.mine(6);
    const after = await host.tip();
    expect([after.height, after.hash === before.hash]).toEqual([before.height, false]);
    expect(await host.lookUpInvoice(hash)).toMatchObject({ state: 'cancelled' });
  });
});
