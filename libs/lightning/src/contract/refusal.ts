import { blocks, sat, type PaymentRequest } from '@tercet/protocol';
import type { PayRequest } from '../port.js';
import type { ContractNetwork } from './network.js';
import {
  codeOf,
  FINAL_CLTV,
  freshPreimage,
  hashOf,
  holdRequest,
  invoiceReaches,
  PADDING,
  payRequest,
} from './network.js';

export const refusalContract = (network: () => ContractNetwork): void => {
  describe('S4 what is refused before anything is sent', () => {
    test.each<[string, Partial<PayRequest>]>([
      ['an invoice with another hash than the one owed', { hash: hashOf(freshPreimage()) }],
      ['an invoice with another amount than the one owed', { amountMsat: sat(50_001) }],
      ['no block left', { cltvLimit: blocks(0) }],
      ['fewer blocks than the final CLTV and padding take', { cltvLimit: blocks(FINAL_CLTV + PADDING) }],
    ])('%s', async (_, changes) => {
      const { host, payer } = network();
      const hash = hashOf(freshPreimage());
      const request = await host.createHold(holdRequest(hash));
      expect(await codeOf(payer.pay(payRequest(request, hash, changes)))).toBe('PAYMENT_REFUSED');
      expect(await payer.lookUpPayment(hash)).toEqual({ state: 'absent' });
      expect(await host.lookUpInvoice(hash)).toMatchObject({ state: 'open' });
    });

    test('an expired invoice', async () => {
      const { host, payer } = network();
      const hash = hashOf(freshPreimage());
      const request = await host.createHold(holdRequest(hash, { expirySeconds: 1 }));
      await invoiceReaches(host, hash, 'cancelled');
      expect(await codeOf(payer.pay(payRequest(request, hash)))).toBe('PAYMENT_REFUSED');
      expect(await payer.lookUpPayment(hash)).toEqual({ state: 'absent' });
    }, 20_000);

    test('an invoice of our own', async () => {
      const { payer } = network();
      const hash = hashOf(freshPreimage());
      const request = await payer.createHold(holdRequest(hash));
      expect(await codeOf(payer.pay(payRequest(request, hash)))).toBe('PAYMENT_REFUSED');
    });

    test('no invoice at all', async () => {
      const { payer } = network();
      const hash = hashOf(freshPreimage());
      expect(await codeOf(payer.pay(payRequest('lnbcrt1hello' as PaymentRequest, hash)))).toBe(
        'INVOICE_INVALID',
      );
      expect(await payer.lookUpPayment(hash)).toEqual({ state: 'absent' });
    });
  });
};
