import { height, msat, type PaymentRequest } from '@tercet/protocol';
import type { HeldHtlc, InvoiceState } from '../port.js';
import { shortChannelId } from './channel-id.js';
import type { InvoiceHtlcMessage, InvoiceMessage } from './proto.js';

type KnownInvoice = Exclude<InvoiceState, { state: 'absent' }>;

const HTLC_STATES = { ACCEPTED: 'held', SETTLED: 'settled', CANCELED: 'cancelled' } as const;
const STATES = { OPEN: 'open', ACCEPTED: 'accepted', SETTLED: 'settled', CANCELED: 'cancelled' } as const;

const heldHtlc = (htlc: InvoiceHtlcMessage): HeldHtlc => ({
  amountMsat: msat(BigInt(htlc.amt_msat)),
  acceptHeight: height(htlc.accept_height),
  expiryHeight: height(htlc.expiry_height),
  channelId: shortChannelId(htlc.chan_id),
  state: HTLC_STATES[htlc.state],
});

/** Settled is what the HTLCs say: an invoice with one that is still held isn't (S8). */
const stateOf = (invoice: InvoiceMessage): KnownInvoice['state'] =>
  invoice.state === 'SETTLED' && invoice.htlcs.some((htlc) => htlc.state === 'ACCEPTED')
    ? 'accepted'
    : STATES[invoice.state];

/** An lnd invoice in the port's words. */
export const invoiceState = (invoice: InvoiceMessage): KnownInvoice => ({
  state: stateOf(invoice),
  request: invoice.payment_request as PaymentRequest,
  amountMsat: msat(BigInt(invoice.value_msat)),
  receivedMsat: msat(BigInt(invoice.amt_paid_msat)),
  htlcs: invoice.htlcs.map(heldHtlc),
});
