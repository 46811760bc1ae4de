import type { LightningNode } from '../port.js';
import { bytes } from './clients.js';
import type { Connection } from './connection.js';
import type { AddedMessage, InvoiceMessage } from './proto.js';
import { addOnce } from './same-invoice.js';

export const permissions = [
  '/invoicesrpc.Invoices/AddHoldInvoice',
  '/invoicesrpc.Invoices/LookupInvoiceV2',
] as const;

/** lnd doesn't say whether an invoice is a hold; one whose preimage it knows before it was settled isn't. */
const isHold = (invoice: InvoiceMessage): boolean =>
  invoice.state === 'SETTLED' || !invoice.r_preimage.some((byte) => byte !== 0);

/**
 * Issues a hold invoice on a hash, with hints to private channels where the node has nothing better.
 * lnd permission: /invoicesrpc.Invoices/AddHoldInvoice, /invoicesrpc.Invoices/LookupInvoiceV2
 */
export const createHold =
  (lnd: Connection): LightningNode['createHold'] =>
  (request) => {
    const valueMsat = String(request.amountMsat);
    const cltvExpiry = String(request.cltvExpiry);
    const memo = request.description;
    return addOnce(lnd, { hash: request.hash, valueMsat, cltvExpiry, memo, sameKind: isHold }, () =>
      lnd.call<AddedMessage>('issue a hold invoice', (to, o, answer) =>
        to.invoices.addHoldInvoice(
          {
            hash: bytes(request.hash),
            memo,
            value_msat: valueMsat,
            expiry: String(request.expirySeconds),
            cltv_expiry: cltvExpiry,
            private: true,
          },
          o,
          answer,
        ),
      ),
    );
  };
