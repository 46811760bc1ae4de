import type { Database } from '../schema.js';
import { deadlineStatements } from './deadlines.js';
import { documentStatements } from './documents.js';
import { effectStatements } from './effects.js';
import { nameStatements } from './names.js';
import { tradeStatements } from './trades.js';

/** The queries of the steps and of what is read at each step, compiled for one database. */
export const compileStatements = (db: Database) => ({
  trades: tradeStatements(db),
  effects: effectStatements(db),
  deadlines: deadlineStatements(db),
  names: nameStatements(db),
  documents: documentStatements(db),
});
