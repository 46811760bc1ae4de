import type { Database } from '../schema.js';
import { statement } from '../store/statement.js';

export const documentStatements = (db: Database) => ({
  find: statement<{ kind: string; id: string }, { body: Uint8Array }>((slot) =>
    db.selectFrom('document').select('body').where('kind', '=', slot.kind).where('id', '=', slot.id),
  ),
  put: statement<{ kind: string; id: string; body: Uint8Array }>((slot) =>
    db
      .insertInto('document')
      .values({ kind: slot.kind, id: slot.id, body: slot.body })
      .onConflict((conflict) => conflict.columns(['kind', 'id']).doUpdateSet({ body: slot.body })),
  ),
  remove: statement<{ kind: string; id: string }>((slot) =>
    db.deleteFrom('document').where('kind', '=', slot.kind).where('id', '=', slot.id),
  ),
});
