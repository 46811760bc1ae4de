/** Small documents beside the trades; the last write stands. */
import type { DocumentPage, Json } from '../port.js';
import { readable, type Store } from '../rows.js';
import { change, type Work } from '../store/work.js';
import type { Place } from '../vault.js';

const place = (kind: string, id: string): Place => ['document', 'body', kind, id];

export function* putDocument(
  { statements, vault }: Store,
  kind: string,
  id: string,
  value: Json,
): Work<number> {
  const body = vault.seal(place(kind, id), value);
  return yield* change(statements.documents.put, { kind, id, body });
}

/** @throws JOURNAL_DAMAGED */
export const findDocument = async (
  { runner, statements, vault }: Store,
  kind: string,
  id: string,
): Promise<Json | undefined> => {
  const [row] = await runner.read(statements.documents.find, { kind, id });
  return row && vault.open(place(kind, id), row.body);
};

/** See `Journal.documents`. */
export const listDocuments = async (
  store: Store,
  kind: string,
  page?: DocumentPage,
): Promise<{ id: string; value: Json }[]> => {
  const all = store.db.selectFrom('document').select(['id', 'body']).where('kind', '=', kind).orderBy('id');
  const wanted = page ? all.where('id', '>', page.after).limit(page.most) : all;
  const rows = await wanted.execute();
  return readable(store, rows, ({ id, body }) => ({ id, value: store.vault.open(place(kind, id), body) }));
};

export function* deleteDocument({ statements }: Store, kind: string, id: string): Work<number> {
  return yield* change(statements.documents.remove, { kind, id });
}
