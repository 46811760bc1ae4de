/** Orders of this daemon: documents of kind `order`, by order id. */
import type { Journal } from '@tercet/journal';
import type { OrderId, SignedOrder } from '@tercet/protocol';
import { signedOrder } from '@tercet/protocol';
import { z } from 'zod';

const KIND = 'order';

const kept = z.strictObject({
  signedOrder,
  paymentDetails: z.string().optional(),
  withdrawn: z.boolean(),
});

export interface OwnOrder {
  signedOrder: SignedOrder;
  /** Account details, when selling: told to the buyer alone, once the escrow is locked. */
  paymentDetails?: string;
  withdrawn: boolean;
}
type Documents = Pick<Journal, 'document' | 'documents' | 'putDocument'>;

export const keepOrder = (
  journal: Pick<Documents, 'putDocument'>,
  id: OrderId,
  own: OwnOrder,
): Promise<void> => journal.putDocument(KIND, id, z.encode(kept, own));

/** An order of this daemon's own, withdrawn ones too; undefined where it is none. */
export async function ownOrder(
  journal: Pick<Documents, 'document'>,
  orderId: string,
): Promise<OwnOrder | undefined> {
  const document = await journal.document(KIND, orderId);
  return document === undefined ? undefined : read(document);
}

export async function ownOrders(
  journal: Pick<Documents, 'documents'>,
): Promise<{ orderId: OrderId; own: OwnOrder }[]> {
  const documents = await journal.documents(KIND);
  return documents.map(({ id, value }) => ({ orderId: id as OrderId, own: read(value) }));
}

const read = (value: unknown): OwnOrder => z.decode(kept, value as z.input<typeof kept>);
