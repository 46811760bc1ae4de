/** The port over its tables. */
import type { Commit, CommitResult, Journal } from './port.js';
import type { Store } from './rows.js';
import { dueDeadlines, listDeadlines } from './tables/deadlines.js';
import { deleteDocument, findDocument, listDocuments, putDocument } from './tables/documents.js';
import { claim, effectsOf, findEffect, markDone, pendingEffects, postpone } from './tables/effects.js';
import { listFacts, listTrades, loadTrade } from './tables/trades.js';

/** @param write see `Journal.commit`. */
export const createJournal = (store: Store, write: (commit: Commit) => Promise<CommitResult>): Journal => {
  let commits = 0;
  return {
    async commit(commit) {
      const answer = await write(commit);
      if (answer.result === 'committed') commits += 1;
      return answer;
    },
    load: (tradeId) => loadTrade(store, tradeId),
    list: (filter = {}) => listTrades(store, filter.terminal),
    facts: (tradeId, afterSequence = 0) => listFacts(store, tradeId, afterSequence),

    pendingEffects: (filter = {}) => pendingEffects(store, filter),
    effectsOf: (tradeId) => effectsOf(store, tradeId),
    effect: (key) => findEffect(store, key),
    claimEffect: (key, now, until) => claim(store, key, now, until),
    postponeEffect: (key, dueMs, why) => postpone(store, key, dueMs, why),
    async finishEffect(key, outcome) {
      await markDone(store, key, outcome);
    },

    dueDeadlines: (now) => dueDeadlines(store, now),
    deadlines: (tradeId) => listDeadlines(store, tradeId),

    putDocument: (kind, id, value) => putDocument(store, kind, id, value),
    document: (kind, id) => findDocument(store, kind, id),
    documents: (kind) => listDocuments(store, kind),
    deleteDocument: (kind, id) => deleteDocument(store, kind, id),

    get commits() {
      return commits;
    },
    close: () => store.db.destroy(),
  };
};
