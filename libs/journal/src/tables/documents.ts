/** Small documents beside the trades; the last write stands. */
import type { Json } from '../port.js';
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

/** All of a kind, by id. */
export const listDocuments = async (store: Store, kind: string): Promise<{ id: string; value: Json }[]> => {
  const rows = await store.db
    .selectFrom('document')
    .select(['id', 'body'])
    .where('kind', '=', kind)
    .orderBy('id')
    .execute();
  return readable(store, rows, ({ id, body }) => ({ id, value: store.vault.open(place(kind, id), body) }));
};

export function* deleteDocument({ statements }: Store, kind: string, id: string): Work<number> {
  return yield* change(statements.documents.remove, { kind, id });
}
