import type { Database } from './schema.js';
import { deadlineStatements } from './tables/deadlines.js';
import { documentStatements } from './tables/documents.js';
import { effectStatements } from './tables/effects.js';
import { nameStatements } from './tables/names.js';
import { tradeStatements } from './tables/trades.js';

/** The queries of the steps and of what is read at each step, compiled for one database. */
export const compileStatements = (db: Database) => ({
  trades: tradeStatements(db),
  effects: effectStatements(db),
  deadlines: deadlineStatements(db),
  names: nameStatements(db),
  documents: documentStatements(db),
});
