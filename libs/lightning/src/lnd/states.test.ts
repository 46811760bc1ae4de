import { invoiceState } from './invoice-state.js';
import { paymentState } from './payment-state.js';
import type { InvoiceMessage, PaymentMessage } from './proto.js';

const invoice = (changes: Partial<InvoiceMessage>): InvoiceMessage => ({
  memo: '',
  r_preimage: Buffer.alloc(0),
  value_msat: '50000000',
  cltv_expiry: '80',
  payment_request: 'lnbcrt1',
  amt_paid_msat: '50000000',
  state: 'ACCEPTED',
  htlcs: [],
  ...changes,
});

const htlc = (state: 'ACCEPTED' | 'SETTLED' | 'CANCELED') => ({
  chan_id: String((812_345n << 40n) | (12n << 16n) | 1n),
  amt_msat: '50000000',
  htlc_index: '3',
  accept_height: 450,
  expiry_height: 533,
  state,
});

describe("lnd's invoices", () => {
  test.each([
    ['OPEN', [], 'open'],
    ['ACCEPTED', [htlc('ACCEPTED')], 'accepted'],
    ['SETTLED', [htlc('SETTLED')], 'settled'],
    ['SETTLED', [htlc('SETTLED'), htlc('CANCELED')], 'settled'],
    ['CANCELED', [htlc('CANCELED')], 'cancelled'],
  ] as const)('%s with %j is %s', (state, htlcs, expected) => {
    expect(invoiceState(invoice({ state, htlcs: [...htlcs] })).state).toBe(expected);
  });

  test('S8 settled with an HTLC that is still held is not settled', () => {
    const both = [htlc('SETTLED'), htlc('ACCEPTED')];
    expect(invoiceState(invoice({ state: 'SETTLED', htlcs: both })).state).toBe('accepted');
  });

  test('BOLT-7 a channel is named block x transaction x output', () => {
    const [held] = invoiceState(invoice({ htlcs: [htlc('ACCEPTED')] })).htlcs;
    expect(held).toEqual({
      amountMsat: 50_000_000n,
      acceptHeight: 450,
      expiryHeight: 533,
      channelId: '812345x12x1',
      state: 'held',
    });
  });
});

const payment = (changes: Partial<PaymentMessage>): PaymentMessage => ({
  payment_preimage: '00'.repeat(32),
  value_msat: '50000000',
  fee_msat: '1050',
  status: 'IN_FLIGHT',
  failure_reason: 'FAILURE_REASON_NONE',
  htlcs: [],
  ...changes,
});

const attempt = (status: 'IN_FLIGHT' | 'SUCCEEDED' | 'FAILED') => ({
  status,
  route: {
    total_time_lock: 613,
    total_fees_msat: '1050',
    hops: [
      { expiry: 533, amt_to_forward_msat: '50000000' },
      { expiry: 533, amt_to_forward_msat: '50000000' },
    ],
  },
});

describe("S3 lnd's payments", () => {
  test.each([
    ['INITIATED', [], 'inFlight'],
    ['IN_FLIGHT', [attempt('IN_FLIGHT')], 'inFlight'],
    ['UNKNOWN', [], 'inFlight'],
    ['FAILED', [attempt('FAILED')], 'failed'],
    ['FAILED', [attempt('FAILED'), attempt('IN_FLIGHT')], 'inFlight'],
    ['SUCCEEDED', [attempt('SUCCEEDED')], 'paid'],
  ] as const)('%s with %# is %s', (status, htlcs, expected) => {
    expect(paymentState(payment({ status, htlcs: [...htlcs] })).state).toBe(expected);
  });

  test.each([
    ['FAILURE_REASON_NO_ROUTE', 'NO_ROUTE'],
    ['FAILURE_REASON_TIMEOUT', 'TIMED_OUT'],
    ['FAILURE_REASON_INCORRECT_PAYMENT_DETAILS', 'REJECTED_BY_DESTINATION'],
    ['FAILURE_REASON_INSUFFICIENT_BALANCE', 'INSUFFICIENT_BALANCE'],
    ['FAILURE_REASON_CANCELED', 'CANCELLED'],
    ['FAILURE_REASON_ERROR', 'OTHER'],
  ])('%s is %s', (reason, expected) => {
    expect(paymentState(payment({ status: 'FAILED', failure_reason: reason }))).toEqual({
      state: 'failed',
      reason: expected,
    });
  });

  test('where the sats are and until when', () => {
    expect(paymentState(payment({ htlcs: [attempt('IN_FLIGHT')] }))).toEqual({
      state: 'inFlight',
      htlcs: [
        {
          amountMsat: 50_000_000n,
          feeMsat: 1_050n,
          lastHopExpiry: 533,
          firstHopExpiry: 613,
          state: 'inFlight',
        },
      ],
    });
  });
});
