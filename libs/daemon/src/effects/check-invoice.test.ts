import { describe, expect, test } from '@jest/globals';
import type { DecodedInvoice } from '@tercet/lightning';
import type { Blocks, Msat, NodeId, PaymentHash } from '@tercet/protocol';
import { blocks, msat, unixMs } from '@tercet/protocol';
import { invoiceFault } from './check-invoice.js';

const hash = 'aa'.repeat(32) as PaymentHash;
const payee = `02${'bb'.repeat(32)}` as NodeId;
const expected: {
  hash: PaymentHash;
  amountMsat: Msat;
  payee: NodeId;
  leastFinalCltv: Blocks;
  mostFinalCltv: Blocks;
} = {
  hash,
  amountMsat: msat(10_000_000n),
  payee,
  leastFinalCltv: blocks(24),
  mostFinalCltv: blocks(144),
};
const NOW = 1_000_000;
const right: DecodedInvoice = {
  hash,
  payee,
  network: 'regtest',
  amountMsat: msat(10_000_000n),
  finalCltv: blocks(80),
  description: '',
  expiresAtMs: NOW + 1,
  unknownRequiredFeature: false,
};
const faultOf = (change: Partial<DecodedInvoice>) =>
  invoiceFault({ ...right, ...change }, { expect: expected }, 'regtest', unixMs(NOW))?.reason;

describe('S4 an invoice is checked where it is paid', () => {
  test.each<[string, Partial<DecodedInvoice>, string | undefined]>([
    ['as agreed', {}, undefined],
    ['another network', { network: 'bitcoin' }, 'WRONG_NETWORK'],
    ['another payee', { payee: `03${'bb'.repeat(32)}` as NodeId }, 'WRONG_PAYEE'],
    ['another hash', { hash: 'ab'.repeat(32) as PaymentHash }, 'WRONG_HASH'],
    ['1 msat too much', { amountMsat: msat(10_000_001n) }, 'WRONG_AMOUNT'],
    ['1 msat too little', { amountMsat: msat(9_999_999n) }, 'WRONG_AMOUNT'],
    ['no amount', { amountMsat: undefined }, 'WRONG_AMOUNT'],
    ['zero', { amountMsat: msat(0n) }, 'WRONG_AMOUNT'],
    ['the shortest final CLTV', { finalCltv: blocks(24) }, undefined],
    ['one block shorter', { finalCltv: blocks(23) }, 'FINAL_CLTV_TOO_SHORT'],
    ['the longest final CLTV', { finalCltv: blocks(144) }, undefined],
    ['one block longer', { finalCltv: blocks(145) }, 'FINAL_CLTV_TOO_LONG'],
    ['a feature nobody knows', { unknownRequiredFeature: true }, 'UNKNOWN_FEATURE'],
    ['expired this very moment', { expiresAtMs: NOW }, 'EXPIRED'],
  ])('%s', (_, change, reason) => {
    expect(faultOf(change)).toBe(reason);
  });

  test('says in words that nothing was paid', () => {
    const fault = invoiceFault(
      { ...right, amountMsat: undefined },
      { expect: expected },
      'regtest',
      unixMs(NOW),
    );
    expect(fault?.text).toBe('The invoice is for another amount than is owed. Nothing was paid.');
  });
});
