import type { LightningNode } from '../port.js';
import { bytes } from './clients.js';
import type { Connection } from './connection.js';
import { isNotFound } from './errors.js';
import { invoiceState } from './invoice-state.js';
import type { InvoiceMessage } from './proto.js';

export const permissions = ['/invoicesrpc.Invoices/LookupInvoiceV2'] as const;

/**
 * What the node has under a hash. `absent` only where lnd itself says that it knows none (S24).
 * lnd permission: /invoicesrpc.Invoices/LookupInvoiceV2
 */
export const lookUpInvoice =
  (lnd: Connection): LightningNode['lookUpInvoice'] =>
  async (hash) => {
    try {
      const invoice = await lnd.call<InvoiceMessage>('look up an invoice', (to, o, answer) =>
        to.invoices.lookupInvoiceV2({ payment_hash: bytes(hash) }, o, answer),
      );
      return invoiceState(invoice);
    } catch (error) {
      if (isNotFound(error)) return { state: 'absent' };
      throw error;
    }
  };
