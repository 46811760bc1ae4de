import { blocks, type PaymentRequest } from '@tercet/protocol';
import type { ContractNetwork } from './network.js';
import { codeOf, freshPreimage, hashOf, holdRequest, nodeIdOf, PRICE } from './network.js';

export const decodeContract = (network: () => ContractNetwork): void => {
  describe('S4 an invoice as the payer reads it', () => {
    test('payee, hash, amount, final CLTV, network, expiry, description', async () => {
      const { host, payer } = network();
      const hash = hashOf(freshPreimage());
      const before = Date.now();
      const request = await host.createHold(
        holdRequest(hash, { cltvExpiry: blocks(240), expirySeconds: 60 }),
      );
      const { expiresAtMs, ...invoice } = await payer.decode(request);
      expect(invoice).toEqual({
        hash,
        payee: await nodeIdOf(host),
        network: 'regtest',
        amountMsat: PRICE,
        finalCltv: 240,
        description: 'tercet contract',
        unknownRequiredFeature: false,
      });
      expect(Math.abs(expiresAtMs - (before + 60_000))).toBeLessThan(5_000);
    });

    test.each([
      ['nothing', () => ''],
      ['no invoice', () => 'hello'],
      ['half a character', () => '\ud800lnbcrt1m'],
      ['a zero byte', (request: string) => `${request}\u0000`],
      [
        'one letter changed',
        (request: string) =>
          request.slice(0, -12) + (request.at(-12) === 'q' ? 'p' : 'q') + request.slice(-11),
      ],
      ['cut off', (request: string) => request.slice(0, -1)],
      // BOLT-11's own first example with an amount: for mainnet, with a payment secret.
      [
        'another network',
        () =>
          'lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy8j9vdx85fkpmdla2087ne0xh8nhedh8w27kyke0lp53ut353s06fv3qfegext0eh0ymjpf39tuven09sam30g4vgpfna3rh',
      ],
    ])('%s is INVOICE_INVALID', async (_, spoil) => {
      const { host, payer } = network();
      const request = await host.createHold(holdRequest(hashOf(freshPreimage())));
      expect(await codeOf(payer.decode(spoil(request) as PaymentRequest))).toBe('INVOICE_INVALID');
    });
  });
};
