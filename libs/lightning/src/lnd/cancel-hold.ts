import type { LightningNode } from '../port.js';
import { bytes } from './clients.js';
import type { Connection } from './connection.js';
import { endHold } from './end-hold.js';

export const permissions = [
  '/invoicesrpc.Invoices/CancelInvoice',
  '/invoicesrpc.Invoices/LookupInvoiceV2',
] as const;

/**
 * Cancels an invoice that isn't settled, and with it every HTLC it holds.
 * lnd permission: /invoicesrpc.Invoices/CancelInvoice, /invoicesrpc.Invoices/LookupInvoiceV2
 */
export const cancelHold =
  (lnd: Connection): LightningNode['cancelHold'] =>
  (hash) =>
    endHold(lnd, hash, () =>
      lnd.call('cancel a hold invoice', (to, o, answer) =>
        to.invoices.cancelInvoice({ payment_hash: bytes(hash) }, o, answer),
      ),
    );
