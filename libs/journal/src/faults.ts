/** Faults of whoever writes into a journal, the same for every store. */
import { TercetError } from '@tercet/protocol';
import type { Commit } from './port.js';

export const terminalLeft = (commit: Pick<Commit, 'tradeId'>): TercetError =>
  new TercetError(
    'JOURNAL_TERMINAL',
    `Trade ${commit.tradeId} has ended, and a step would have opened it again. Nothing was written.`,
    { wayOut: 'This is a fault in the program: please report it with this message.' },
  );

export const unknownEffect = (key: string): TercetError =>
  new TercetError('JOURNAL_NO_EFFECT', `The journal holds no effect ${key}. Nothing was written.`, {
    wayOut: 'This is a fault in the program: please report it with this message.',
    details: { key },
  });
