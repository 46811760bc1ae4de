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

/** Orders that are read at once. */
const PAGE = 100;

/** All of this daemon's own, or those after that id, in the order of their ids; there may be any number of them. */
export async function* ownOrders(
  journal: Pick<Documents, 'documents'>,
  after: string,
): AsyncGenerator<OwnOrder> {
  for (let last: string | undefined = after; last !== undefined;) {
    const documents: { id: string; value: unknown }[] = await journal.documents(KIND, {
      after: last,
      most: PAGE,
    });
    for (const { value } of documents) yield read(value);
    last = documents.at(-1)?.id;
  }
}

const read = (value: unknown): OwnOrder => z.decode(kept, value as z.input<typeof kept>);
