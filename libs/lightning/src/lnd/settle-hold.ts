import type { LightningNode } from '../port.js';
import { bytes } from './clients.js';
import type { Connection } from './connection.js';
import { endHold } from './end-hold.js';

export const permissions = [
  '/invoicesrpc.Invoices/SettleInvoice',
  '/invoicesrpc.Invoices/LookupInvoiceV2',
] as const;

/**
 * Settles a held invoice with its preimage.
 * lnd permission: /invoicesrpc.Invoices/SettleInvoice, /invoicesrpc.Invoices/LookupInvoiceV2
 */
export const settleHold =
  (lnd: Connection): LightningNode['settleHold'] =>
  (hash, preimage) =>
    endHold(lnd, hash, () =>
      lnd.call('settle a hold invoice', (to, o, answer) =>
        to.invoices.settleInvoice({ preimage: bytes(preimage) }, o, answer),
      ),
    );
