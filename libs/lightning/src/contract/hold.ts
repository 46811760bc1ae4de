import { blocks, sat } from '@tercet/protocol';
import type { ContractNetwork } from './network.js';
import {
  codeOf,
  FINAL_CLTV,
  freshPreimage,
  hashOf,
  heldHold,
  holdRequest,
  invoiceReaches,
  PADDING,
  paymentReaches,
  payRequest,
  PRICE,
} from './network.js';

export const holdContract = (network: () => ContractNetwork): void => {
  describe('hold invoices', () => {
    test('S24 what was never issued is absent, and stays so when settled or cancelled', async () => {
      const { host } = network();
      const preimage = freshPreimage();
      expect(await host.lookUpInvoice(hashOf(preimage))).toEqual({ state: 'absent' });
      expect(await host.settleHold(hashOf(preimage), preimage)).toEqual({ state: 'absent' });
      expect(await host.cancelHold(hashOf(preimage))).toEqual({ state: 'absent' });
    });

    test('an issued one is open, with nothing received', async () => {
      const { host } = network();
      const hash = hashOf(freshPreimage());
      const request = await host.createHold(holdRequest(hash));
      expect(await host.lookUpInvoice(hash)).toEqual({
        state: 'open',
        request,
        amountMsat: PRICE,
        receivedMsat: 0n,
        htlcs: [],
      });
    });

    test('S12 the same request again is the same invoice', async () => {
      const { host } = network();
      const hash = hashOf(freshPreimage());
      const request = await host.createHold(holdRequest(hash));
      expect(await host.createHold(holdRequest(hash))).toBe(request);
    });

    test.each([
      ['amount', { amountMsat: sat(50_001) }],
      ['CLTV', { cltvExpiry: blocks(81) }],
      ['description', { description: 'something else' }],
    ])('S12 the same hash with another %s is HASH_IN_USE', async (_, changes) => {
      const { host } = network();
      const hash = hashOf(freshPreimage());
      const request = await host.createHold(holdRequest(hash));
      expect(await codeOf(host.createHold(holdRequest(hash, changes)))).toBe('HASH_IN_USE');
      expect(await host.lookUpInvoice(hash)).toMatchObject({ state: 'open', request });
    });

    test('S12 no hold on the hash of an ordinary invoice, no ordinary invoice on that of a hold', async () => {
      const { host } = network();
      const [one, other] = [freshPreimage(), freshPreimage()];
      const { amountMsat, expirySeconds, description } = holdRequest(hashOf(one));
      const ordinary = { amountMsat, expirySeconds, description, finalCltv: FINAL_CLTV };
      await host.createInvoice({ ...ordinary, preimage: one });
      expect(await codeOf(host.createHold(holdRequest(hashOf(one))))).toBe('HASH_IN_USE');
      await host.createHold(holdRequest(hashOf(other)));
      expect(await codeOf(host.createInvoice({ ...ordinary, preimage: other }))).toBe('HASH_IN_USE');
    });

    test('BOLT-11 final CLTV of 23 is refused, 24 passes', async () => {
      const { host } = network();
      const hash = hashOf(freshPreimage());
      expect(await codeOf(host.createHold(holdRequest(hash, { cltvExpiry: blocks(23) })))).toBe(
        'INVOICE_INVALID',
      );
      expect(await codeOf(host.createHold(holdRequest(hash, { cltvExpiry: blocks(24) })))).toBe('none');
    });

    test('S14 S54 S55 a paid one is accepted: exact amount, h, E as the payer sees it, an active channel', async () => {
      const { host, payer } = network();
      const { hash, preimage } = await heldHold(network());
      const { height } = await host.tip();
      const held = await host.lookUpInvoice(hash);
      if (held.state !== 'accepted') throw new Error(`It is ${held.state}.`);
      expect(held.receivedMsat).toBe(PRICE);
      expect(held.htlcs).toHaveLength(1);
      const [htlc] = held.htlcs;
      expect(htlc).toMatchObject({
        amountMsat: PRICE,
        acceptHeight: height,
        expiryHeight: height + FINAL_CLTV + PADDING,
        state: 'held',
      });
      const sent = await payer.lookUpPayment(hash);
      if (sent.state !== 'inFlight') throw new Error(`The payment is ${sent.state}.`);
      const [ours] = sent.htlcs.filter((one) => one.state === 'inFlight');
      expect(ours).toMatchObject({ amountMsat: PRICE, lastHopExpiry: htlc?.expiryHeight });
      expect(ours?.firstHopExpiry).toBeGreaterThanOrEqual(ours?.lastHopExpiry ?? Infinity);

      const channel = htlc?.channelId ?? '';
      expect(channel).toMatch(/^\d+x\d+x\d+$/);
      expect(await host.channelsActive([])).toBe(true);
      expect(await host.channelsActive([channel])).toBe(true);
      expect(await host.channelsActive([channel, '1x1x1'])).toBe(false);
      await host.settleHold(hash, preimage);
    });

    test('S8 settled is what a look-up says, once and again, and no cancel undoes it', async () => {
      const { host, payer } = network();
      const { hash, preimage } = await heldHold(network());
      const settled = await host.settleHold(hash, preimage);
      expect(settled).toMatchObject({ state: 'settled', receivedMsat: PRICE, htlcs: [{ state: 'settled' }] });
      expect(await paymentReaches(payer, hash, 'paid')).toMatchObject({ preimage, amountMsat: PRICE });
      expect(await host.settleHold(hash, preimage)).toMatchObject({ state: 'settled' });
      expect(await host.cancelHold(hash)).toMatchObject({ state: 'settled' });
    });

    test('S8 cancelled is what a look-up says, once and again, and no settle undoes it', async () => {
      const { host, payer } = network();
      const { hash, preimage } = await heldHold(network());
      expect(await host.cancelHold(hash)).toMatchObject({
        state: 'cancelled',
        htlcs: [{ state: 'cancelled' }],
      });
      expect(await paymentReaches(payer, hash, 'failed')).toMatchObject({
        reason: 'REJECTED_BY_DESTINATION',
      });
      expect(await host.cancelHold(hash)).toMatchObject({ state: 'cancelled' });
      expect(await host.settleHold(hash, preimage)).toMatchObject({ state: 'cancelled' });
    });

    test('S8 a settle before the payment, or with another preimage, changes nothing', async () => {
      const { host, payer } = network();
      const preimage = freshPreimage();
      const hash = hashOf(preimage);
      const request = await host.createHold(holdRequest(hash));
      expect(await host.settleHold(hash, preimage)).toMatchObject({ state: 'open' });
      await payer.pay(payRequest(request, hash));
      await invoiceReaches(host, hash, 'accepted');
      expect(await host.settleHold(hash, freshPreimage())).toMatchObject({ state: 'accepted' });
      expect(await host.cancelHold(hash)).toMatchObject({ state: 'cancelled' });
    });

    test('an open one lapses by its expiry', async () => {
      const { host } = network();
      const hash = hashOf(freshPreimage());
      await host.createHold(holdRequest(hash, { expirySeconds: 1 }));
      expect(await invoiceReaches(host, hash, 'cancelled')).toMatchObject({ receivedMsat: 0n });
    }, 20_000);

    test('S14 the node itself cancels at E - D, not a block earlier', async () => {
      const { host, payer, mine } = network();
      const { hash } = await heldHold(network(), { cltvExpiry: blocks(24) });
      const delta = await host.holdExpiryDelta();
      await mine(24 + PADDING - delta - 1);
      expect(await host.lookUpInvoice(hash)).toMatchObject({ state: 'accepted' });
      await mine(1);
      await invoiceReaches(host, hash, 'cancelled');
      await paymentReaches(payer, hash, 'failed');
    }, 30_000);
  });
};
