import { blocks, msat } from '@tercet/protocol';
import type { ContractNetwork } from './network.js';
import {
  codeOf,
  FINAL_CLTV,
  freshPreimage,
  hashOf,
  heldHold,
  holdRequest,
  invoiceReaches,
  nodeIdOf,
  PADDING,
  paymentReaches,
  payRequest,
  PRICE,
} from './network.js';

export const paymentContract = (network: () => ContractNetwork): void => {
  const ordinary = (preimage = freshPreimage()) => ({
    amountMsat: PRICE,
    finalCltv: FINAL_CLTV,
    expirySeconds: 600,
    description: 'an ordinary invoice',
    preimage,
  });

  describe('payments', () => {
    test('S3 one that was never made is absent', async () => {
      expect(await network().payer.lookUpPayment(hashOf(freshPreimage()))).toEqual({ state: 'absent' });
    });

    test('an ordinary invoice is paid, and made twice it is the same', async () => {
      const { host, payer } = network();
      const invoice = ordinary();
      const hash = hashOf(invoice.preimage);
      const request = await host.createInvoice(invoice);
      expect(await host.createInvoice(invoice)).toBe(request);
      expect(['inFlight', 'paid']).toContain((await payer.pay(payRequest(request, hash))).state);
      const paid = await paymentReaches(payer, hash, 'paid');
      expect(paid).toMatchObject({ preimage: invoice.preimage, amountMsat: PRICE });
      expect(paid.feeMsat).toBeLessThanOrEqual(500_000n);
      expect(await payer.lookUpPayment(hash)).toEqual(paid);
      expect(await host.lookUpInvoice(hash)).toMatchObject({ state: 'settled', receivedMsat: PRICE });
    });

    test('S1 paid again, by the same request or at the same moment, it is paid once', async () => {
      const { host, payer } = network();
      const { preimage, ...rest } = ordinary();
      const hash = hashOf(preimage);
      const pay = payRequest(await host.createInvoice({ ...rest, preimage }), hash);
      const together = await Promise.all([payer.pay(pay), payer.pay(pay), payer.pay(pay)]);
      for (const { state } of together) expect(['inFlight', 'paid']).toContain(state);
      const paid = await paymentReaches(payer, hash, 'paid');
      expect(await payer.pay(pay)).toEqual(paid);
      expect(await host.lookUpInvoice(hash)).toMatchObject({
        receivedMsat: PRICE,
        htlcs: [{ state: 'settled' }],
      });
    });

    test('S1 a held one that is paid again stays the one in flight', async () => {
      const { host, payer } = network();
      const { hash, request, preimage } = await heldHold(network());
      expect(await payer.pay(payRequest(request, hash))).toMatchObject({ state: 'inFlight' });
      expect(await host.lookUpInvoice(hash)).toMatchObject({
        receivedMsat: PRICE,
        htlcs: [{ state: 'held' }],
      });
      await host.settleHold(hash, preimage);
      await paymentReaches(payer, hash, 'paid');
    });

    test('S3 without a route it is failed, and may be tried again', async () => {
      const { stranger, payer } = network();
      const invoice = ordinary();
      const hash = hashOf(invoice.preimage);
      const pay = payRequest(await stranger.createInvoice(invoice), hash);
      for (const attempt of ['first', 'second']) {
        await payer.pay(pay);
        expect([attempt, await paymentReaches(payer, hash, 'failed')]).toEqual([
          attempt,
          { state: 'failed', reason: 'NO_ROUTE' },
        ]);
      }
      expect(await payer.lookUpPayment(hash)).toEqual({ state: 'failed', reason: 'NO_ROUTE' });
    });

    test('S3 an invoice that its host cancelled is failed, by the destination', async () => {
      const { host, payer } = network();
      const hash = hashOf(freshPreimage());
      const request = await host.createHold(holdRequest(hash));
      await host.cancelHold(hash);
      await payer.pay(payRequest(request, hash));
      const failed = await paymentReaches(payer, hash, 'failed');
      expect(failed.reason).toBe('REJECTED_BY_DESTINATION');
    });

    test('S28 many held at once end each for itself', async () => {
      const { host, payer } = network();
      const holds = await Promise.all(Array.from({ length: 8 }, () => heldHold(network())));
      await Promise.all(
        holds.map(({ hash, preimage }, n) =>
          n % 2 === 0 ? host.settleHold(hash, preimage) : host.cancelHold(hash),
        ),
      );
      const ends = await Promise.all(
        holds.map(({ hash }, n) => paymentReaches(payer, hash, n % 2 === 0 ? 'paid' : 'failed')),
      );
      expect(ends).toHaveLength(8);
    }, 30_000);
  });

  describe('a route without a payment', () => {
    const asked = async () => ({
      destination: await nodeIdOf(network().host),
      amountMsat: PRICE,
      finalCltv: FINAL_CLTV,
      maxFeeMsat: msat(500_000n),
      cltvLimit: blocks(500),
    });

    test('costs what the payment then costs, in fees and blocks', async () => {
      const { host, payer } = network();
      const route = await payer.probe(await asked());
      const { height } = await payer.tip();
      const { hash, preimage } = await heldHold(network());
      const sent = await payer.lookUpPayment(hash);
      if (sent.state !== 'inFlight') throw new Error(`The payment is ${sent.state}.`);
      expect(sent.htlcs[0]).toMatchObject({
        feeMsat: route?.feeMsat,
        firstHopExpiry: height + (route?.totalBlocks ?? Number.NaN),
      });
      expect(route?.totalBlocks).toBeGreaterThanOrEqual(FINAL_CLTV + PADDING);
      await host.settleHold(hash, preimage);
    });

    test('S5 the CLTV limit counts from the tip to the first HTLC, and is kept', async () => {
      const { host, payer } = network();
      const route = await payer.probe(await asked());
      if (!route) throw new Error('There is no route.');
      // lnd wants one block more than final CLTV and padding, even where no hop takes any.
      const enough = blocks(Math.max(route.totalBlocks, FINAL_CLTV + PADDING + 1));
      const hash = hashOf(freshPreimage());
      const request = await host.createHold(holdRequest(hash));
      const tooFew = await codeOf(payer.pay(payRequest(request, hash, { cltvLimit: blocks(enough - 1) })));
      if (tooFew === 'none')
        expect(await paymentReaches(payer, hash, 'failed')).toEqual({ state: 'failed', reason: 'NO_ROUTE' });
      else expect(tooFew).toBe('PAYMENT_REFUSED');
      await payer.pay(payRequest(request, hash, { cltvLimit: enough }));
      await invoiceReaches(host, hash, 'accepted');
      await host.cancelHold(hash);
    });

    test('S5 undefined where the blocks or the destination are out of reach', async () => {
      const { payer, stranger } = network();
      expect(await payer.probe({ ...(await asked()), cltvLimit: blocks(0) })).toBeUndefined();
      expect(
        await payer.probe({ ...(await asked()), cltvLimit: blocks(FINAL_CLTV + PADDING) }),
      ).toBeUndefined();
      expect(
        await payer.probe({ ...(await asked()), destination: await nodeIdOf(stranger) }),
      ).toBeUndefined();
      expect(await codeOf(payer.probe({ ...(await asked()), cltvLimit: blocks(1) }))).toBe('none');
    });
  });
};
