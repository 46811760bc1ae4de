/** The port over its tables. */
import type { Groups } from './group.js';
import type { Commit, CommitResult, Journal } from './port.js';
import type { Store } from './rows.js';
import type { Work } from './store/work.js';
import { dueDeadlines, timeDeadlines } from './tables/deadlines.js';
import { deleteDocument, findDocument, listDocuments, putDocument } from './tables/documents.js';
import { claim, effectsOf, findEffect, pendingEffects, postpone } from './tables/effects.js';
import {
  claimHolder,
  countOpen,
  hashHolder,
  heads,
  idsBeginning,
  listFacts,
  loadTrade,
  newestTrades,
  openTrades,
} from './tables/trades.js';

/**
 * @param groups writes what shares its flush with others.
 * @param write see `Journal.commit`.
 * @param alone writes something that is no step.
 */
export const createJournal = (
  store: Store,
  groups: Groups,
  write: (commit: Commit) => Promise<CommitResult>,
  alone: (work: () => Work<unknown>) => Promise<unknown>,
): Journal => {
  let commits = 0;
  return {
    async commit(commit) {
      const answer = await write(commit);
      if (answer.result === 'committed') commits += 1;
      return answer;
    },
    load: (tradeId) => loadTrade(store, tradeId),
    openTrades: () => openTrades(store),
    newestTrades: (filter = {}) => newestTrades(store, filter),
    heads: () => heads(store),
    openCount: () => countOpen(store),
    idsBeginning: (digits, most) => idsBeginning(store, digits, most),
    hashHolder: (hash) => hashHolder(store, hash),
    claimHolder: (claim) => claimHolder(store, claim),
    facts: (tradeId, afterSequence = 0) => listFacts(store, tradeId, afterSequence),

    // What was said to be finished is finished for whoever reads here, on disk or not yet.
    async pendingEffects(filter = {}) {
      const pending = await pendingEffects(store, filter);
      return pending.filter(({ key }) => groups.outcomeOf(key) === undefined);
    },
    effectsOf: (tradeId) => effectsOf(store, tradeId),
    async effect(key) {
      const effect = await findEffect(store, key);
      const outcome = groups.outcomeOf(key);
      return effect && outcome !== undefined ? { ...effect, done: true, outcome } : effect;
    },
    async claimEffect(key, now, until) {
      return groups.outcomeOf(key) === undefined && (await claim(store, key, now, until));
    },
    postponeEffect: (key, dueMs, why) => postpone(store, key, dueMs, why),
    finishEffect: (key, outcome) => groups.finish(key, outcome),

    dueDeadlines: (now) => dueDeadlines(store, now),
    timeDeadlines: (beforeMs) => timeDeadlines(store, beforeMs),

    async putDocument(kind, id, value) {
      await alone(() => putDocument(store, kind, id, value));
    },
    document: (kind, id) => findDocument(store, kind, id),
    documents: (kind, page) => listDocuments(store, kind, page),
    async deleteDocument(kind, id) {
      await alone(() => deleteDocument(store, kind, id));
    },

    get commits() {
      return commits;
    },
    async close() {
      await groups.settled();
      await store.db.destroy();
    },
  };
};
