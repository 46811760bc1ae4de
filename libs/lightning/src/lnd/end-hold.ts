import { hasCode, type PaymentHash } from '@tercet/protocol';
import type { InvoiceState } from '../port.js';
import type { Connection } from './connection.js';
import { lookUpInvoice } from './look-up-invoice.js';

/** No look-up can make up for these: the same call will never pass. */
const NEVER = ['NODE_UNAUTHORIZED', 'NODE_UNSUPPORTED', 'NODE_WRONG_CERT'];

/**
 * Asks for a hold's end and answers with what a look-up says afterwards, whatever the call said: an error may come
 * after the deed, and lnd's errors don't tell "already done" from "refused" (S8).
 */
export const endHold = async (
  lnd: Connection,
  hash: PaymentHash,
  ask: () => Promise<unknown>,
): Promise<InvoiceState> => {
  const refused = await ask().then(
    () => undefined,
    (error: unknown) => error,
  );
  if (NEVER.some((code) => hasCode(refused, code))) throw refused;
  return lookUpInvoice(lnd)(hash);
};
