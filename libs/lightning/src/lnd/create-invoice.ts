import { createHash } from 'node:crypto';
import type { PaymentHash } from '@tercet/protocol';
import type { LightningNode } from '../port.js';
import { bytes } from './clients.js';
import type { Connection } from './connection.js';
import { addOnce } from './same-invoice.js';
import type { AddedMessage } from './proto.js';

export const permissions = ['/lnrpc.Lightning/AddInvoice', '/invoicesrpc.Invoices/LookupInvoiceV2'] as const;

/**
 * Issues an ordinary invoice whose preimage is ours, so that a second request finds the first.
 * lnd permission: /lnrpc.Lightning/AddInvoice, /invoicesrpc.Invoices/LookupInvoiceV2
 */
export const createInvoice =
  (lnd: Connection): LightningNode['createInvoice'] =>
  (request) => {
    const preimage = bytes(request.preimage);
    const hash = createHash('sha256').update(preimage).digest('hex') as PaymentHash;
    const valueMsat = String(request.amountMsat);
    const cltvExpiry = String(request.finalCltv);
    const memo = request.description;
    const sameKind = (existing: { r_preimage: Buffer }) => existing.r_preimage.equals(preimage);
    return addOnce(lnd, { hash, valueMsat, cltvExpiry, memo, sameKind }, () =>
      lnd.call<AddedMessage>('issue an invoice', (to, o, answer) =>
        to.default.addInvoice(
          {
            memo,
            r_preimage: preimage,
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
