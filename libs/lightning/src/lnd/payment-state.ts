import { height, msat, type Preimage } from '@tercet/protocol';
import type { PaymentFailure, PaymentState, SentHtlc } from '../port.js';
import type { PaymentMessage } from './proto.js';

const REASONS: Readonly<Record<string, PaymentFailure>> = {
  FAILURE_REASON_TIMEOUT: 'TIMED_OUT',
  FAILURE_REASON_NO_ROUTE: 'NO_ROUTE',
  FAILURE_REASON_INCORRECT_PAYMENT_DETAILS: 'REJECTED_BY_DESTINATION',
  FAILURE_REASON_INSUFFICIENT_BALANCE: 'INSUFFICIENT_BALANCE',
  FAILURE_REASON_CANCELED: 'CANCELLED',
};

const HTLC_STATES = { IN_FLIGHT: 'inFlight', SUCCEEDED: 'paid', FAILED: 'failed' } as const;

const sentHtlcs = (payment: PaymentMessage): SentHtlc[] =>
  payment.htlcs.flatMap(({ status, route }) => {
    const last = route?.hops.at(-1);
    if (!route || !last) return [];
    return {
      amountMsat: msat(BigInt(last.amt_to_forward_msat)),
      feeMsat: msat(BigInt(route.total_fees_msat)),
      lastHopExpiry: height(last.expiry),
      firstHopExpiry: height(route.total_time_lock),
      state: HTLC_STATES[status],
    };
  });

/**
 * An lnd payment in the port's words. Failed only where no attempt is in flight any more, paid only with its preimage;
 * all else is in flight (S3).
 */
export const paymentState = (payment: PaymentMessage): Exclude<PaymentState, { state: 'absent' }> => {
  const inFlight = payment.htlcs.some((htlc) => htlc.status === 'IN_FLIGHT');
  if (payment.status === 'FAILED' && !inFlight)
    return { state: 'failed', reason: REASONS[payment.failure_reason] ?? 'OTHER' };
  if (payment.status === 'SUCCEEDED')
    return {
      state: 'paid',
      preimage: payment.payment_preimage as Preimage,
      amountMsat: msat(BigInt(payment.value_msat)),
      feeMsat: msat(BigInt(payment.fee_msat)),
    };
  return { state: 'inFlight', htlcs: sentHtlcs(payment) };
};
