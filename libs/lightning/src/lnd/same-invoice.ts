import { TercetError, type PaymentHash, type PaymentRequest } from '@tercet/protocol';
import { bytes } from './clients.js';
import type { Connection } from './connection.js';
import { isRefusal, reasonOf } from './errors.js';
import type { AddedMessage, InvoiceMessage } from './proto.js';

/** What must be the same for a request made twice to mean the same invoice. */
export interface Wanted {
  hash: PaymentHash;
  valueMsat: string;
  cltvExpiry: string;
  memo: string;
  sameKind: (existing: InvoiceMessage) => boolean;
}

const ALREADY = /already exists/i;

/**
 * Makes `add` idempotent: where lnd has an invoice under the hash, the same request gets its payment request back.
 * Throws HASH_IN_USE for another invoice under the hash, INVOICE_INVALID where lnd refuses to make it.
 */
export const addOnce = async (
  lnd: Connection,
  wanted: Wanted,
  add: () => Promise<AddedMessage>,
): Promise<PaymentRequest> => {
  try {
    return (await add()).payment_request as PaymentRequest;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (!ALREADY.test(reasonOf(error)))
      throw new TercetError('INVOICE_INVALID', `The node refused to make the invoice: ${reasonOf(error)}.`, {
        wayOut: 'Ask for terms within what the node allows.',
        cause: error,
      });
  }
  return existing(lnd, wanted);
};

const existing = async (lnd: Connection, wanted: Wanted): Promise<PaymentRequest> => {
  const invoice = await lnd.call<InvoiceMessage>('look up an invoice', (to, o, answer) =>
    to.invoices.lookupInvoiceV2({ payment_hash: bytes(wanted.hash) }, o, answer),
  );
  const same =
    invoice.value_msat === wanted.valueMsat &&
    invoice.cltv_expiry === wanted.cltvExpiry &&
    invoice.memo === wanted.memo &&
    wanted.sameKind(invoice);
  if (!same) throw hashInUse(wanted.hash);
  return invoice.payment_request as PaymentRequest;
};

/** Somebody made another invoice on this hash (S12). */
const hashInUse = (hash: PaymentHash): TercetError =>
  new TercetError(
    'HASH_IN_USE',
    'The node has another invoice under this payment hash. No new one was made.',
    {
      wayOut: 'Draw a fresh hash; one hash is used for one invoice only.',
      details: { hash },
    },
  );
