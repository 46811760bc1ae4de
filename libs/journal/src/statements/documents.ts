import type { Database } from '../schema.js';
import { statement } from '../store/statement.js';

export const documentStatements = (db: Database) => ({
  find: statement<{ kind: string; id: string }, { body: Uint8Array }>((slot) =>
    db.selectFrom('document').select('body').where('kind', '=', slot.kind).where('id', '=', slot.id),
  ),
});
