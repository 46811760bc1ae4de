import type { PaymentHash } from '@tercet/protocol';
import type { LightningNode } from '../port.js';
import { bytes } from './clients.js';
import type { Connection } from './connection.js';
import { isNotFound } from './errors.js';
import type { HeldHtlcs } from './held-htlcs.js';
import { invoiceState } from './invoice-state.js';
import type { InvoiceMessage } from './proto.js';

export const permissions = ['/invoicesrpc.Invoices/LookupInvoiceV2'] as const;

/**
 * What the node has under a hash. `absent` only where lnd itself says that it knows none (S24).
 * lnd permission: /invoicesrpc.Invoices/LookupInvoiceV2
 *
 * @param held is told of the HTLCs of an accepted hold. Where it has heard already that one of them came to its end, the
 * answer may be from before that: lnd is asked again.
 */
export const lookUpInvoice =
  (lnd: Connection, held?: HeldHtlcs): LightningNode['lookUpInvoice'] =>
  async (hash) => {
    try {
      const invoice = await askInvoice(lnd, hash);
      const isOld = held !== undefined && !held.learn(hash, invoice);
      return invoiceState(isOld ? await askInvoice(lnd, hash) : invoice);
    } catch (error) {
      if (isNotFound(error)) return { state: 'absent' };
      throw error;
    }
  };

const askInvoice = (lnd: Connection, hash: PaymentHash): Promise<InvoiceMessage> =>
  lnd.call<InvoiceMessage>('look up an invoice', (to, o, answer) =>
    to.invoices.lookupInvoiceV2({ payment_hash: bytes(hash) }, o, answer),
  );
