import type { LightningNode } from '../port.js';
import { bytes } from './clients.js';
import type { Connection } from './connection.js';
import { invoiceState } from './invoice-state.js';
import { lookUpInvoice } from './look-up-invoice.js';

export const permissions = [
  '/invoicesrpc.Invoices/SubscribeSingleInvoice',
  '/invoicesrpc.Invoices/LookupInvoiceV2',
] as const;

/**
 * The state now, then each change, until settled or cancelled. lnd says nothing of a hash it doesn't know, so that is
 * looked up; of a known one its stream tells the present state first.
 * lnd permission: /invoicesrpc.Invoices/SubscribeSingleInvoice, /invoicesrpc.Invoices/LookupInvoiceV2
 */
export const watchInvoice = (lnd: Connection): LightningNode['watchInvoice'] =>
  async function* (hash, signal) {
    if (signal.aborted) return;
    const now = await lookUpInvoice(lnd)(hash);
    if (now.state === 'absent') yield now;
    const updates = lnd.stream(
      'follow an invoice',
      (to, o) => to.invoices.subscribeSingleInvoice({ r_hash: bytes(hash) }, o),
      signal,
    );
    for await (const update of updates) {
      const state = invoiceState(update);
      yield state;
      if (state.state === 'settled' || state.state === 'cancelled') return;
    }
  };
