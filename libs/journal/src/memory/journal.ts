/**
 * A journal without a disk, for the simulator: the same port, thousands of times a second, and what a crash loses is lost
 * here too. Several may be opened on one store, as processes on one database.
 */
import { unknownEffect } from '../faults.js';
import type { DeadlineRow, EffectRow, Journal, PendingFilter, TradeHead, TradeRow } from '../port.js';
import { commitInMemory } from './commit.js';
import { keep as freezing, trust } from './keep.js';
import { MemoryStore, type KeptEffect } from './store.js';

export interface MemoryJournalOptions {
  store?: MemoryStore;
  /** When what was finished is written, at the latest by `close`: before that, a crash loses the mark. At once unless told. */
  flushLater?: (flush: () => void) => void;
  /**
   * What it is given is neither looked through nor frozen: a step on frozen states takes a fifth longer. Only for whoever
   * looks at a share of the same work without this.
   */
  trusting?: boolean;
}

export function openMemoryJournal(options: MemoryJournalOptions = {}): Journal {
  const { store = new MemoryStore(), flushLater = queueMicrotask, trusting = false } = options;
  const keep = trusting ? trust : freezing;
  const lingering = new Map<string, { outcome: string; written: () => void }>();
  let commits = 0;
  let isFlushing = false;

  function flush(): void {
    isFlushing = false;
    for (const [key, { outcome, written }] of lingering) {
      store.finish(key, outcome);
      written();
    }
    lingering.clear();
  }

  function finish(key: string, outcome: string): Promise<void> {
    const effect = store.effects.get(key);
    if (!effect) throw unknownEffect(key);
    if (effect.done || lingering.has(key)) return Promise.resolve();
    return new Promise((written) => {
      lingering.set(key, { outcome, written });
      if (!isFlushing) flushLater(flush);
      isFlushing = true;
    });
  }

  const isOpen = ({ key, done }: KeptEffect): boolean => !done && !lingering.has(key);

  return {
    async commit(commit) {
      await turn();
      const answer = commitInMemory(store, commit, keep);
      if (answer.result === 'committed') commits += 1;
      return answer;
    },
    load: async (tradeId) => turn(store.trades.get(tradeId)),
    async *openTrades() {
      await turn();
      for (const { tradeId, terminal } of [...store.trades.values()]) {
        // As it is by now: somebody may have stepped while the ones before were looked at.
        const trade = terminal ? undefined : store.trades.get(tradeId);
        if (trade && !trade.terminal) yield trade;
      }
    },
    async *newestTrades({ open = false, before } = {}) {
      await turn();
      const ids = [...store.trades.keys()];
      const end = before === undefined ? ids.length : Math.max(0, ids.indexOf(before));
      for (const tradeId of ids.slice(0, end).toReversed()) {
        const trade = store.trades.get(tradeId);
        if (trade && !(open && trade.terminal)) yield trade;
      }
    },
    async *heads() {
      await turn();
      for (const trade of [...store.trades.values()]) yield headOf(trade);
    },
    idsBeginning: async (digits, most) =>
      turn(
        [...store.trades.keys()]
          .filter((id) => id.startsWith(digits))
          .sort()
          .slice(0, most),
      ),
    hashHolder: async (hash) => turn(store.hashes.get(hash)?.tradeId),
    async claimHolder(claim) {
      await turn();
      const tradeId = store.claims.get(claim);
      const trade = tradeId === undefined ? undefined : store.trades.get(tradeId);
      return trade && headOf(trade);
    },
    openCount: async () => turn([...store.trades.values()].filter(({ terminal }) => !terminal).length),
    facts: async (tradeId, afterSequence = 0) =>
      turn(
        (store.facts.get(tradeId) ?? [])
          .filter(({ sequence }) => sequence > afterSequence)
          .map(({ sequence, fact }) => ({ sequence, fact })),
      ),

    pendingEffects: async (filter = {}) =>
      turn([...store.pending.values()].filter((effect) => isOpen(effect) && fits(effect, filter)).map(rowOf)),
    effectsOf: async (tradeId) =>
      turn([...store.effects.values()].filter((effect) => effect.tradeId === tradeId).map(rowOf)),
    async effect(key) {
      await turn();
      const effect = store.effects.get(key);
      if (!effect) return undefined;
      const outcome = effect.outcome ?? lingering.get(key)?.outcome;
      const done = outcome !== undefined;
      return { ...rowOf(effect), done, ...(done && { outcome }) };
    },
    async claimEffect(key, now, until) {
      await turn();
      const effect = store.pending.get(key);
      if (!effect || !isOpen(effect) || effect.dueMs > now) return false;
      effect.dueMs = until;
      return true;
    },
    async postponeEffect(key, dueMs, why) {
      await turn();
      const effect = store.effects.get(key);
      if (!effect) throw unknownEffect(key);
      if (isOpen(effect)) Object.assign(effect, { dueMs, attempts: effect.attempts + 1, lastError: why });
    },
    finishEffect: async (key, outcome) => finish(key, outcome),

    dueDeadlines: async (now) =>
      turn(
        [...deadlinesOf(store)]
          .filter(({ at }) => ('height' in at ? at.height <= now.height : at.timeMs <= now.timeMs))
          .sort(bySoonest),
      ),
    timeDeadlines: async (beforeMs) =>
      turn(
        [...deadlinesOf(store)]
          .flatMap(({ tradeId, name, at }) => ('timeMs' in at ? [{ tradeId, name, timeMs: at.timeMs }] : []))
          .filter(({ timeMs }) => beforeMs === undefined || timeMs <= beforeMs)
          .sort((a, b) => a.timeMs - b.timeMs),
      ),

    async putDocument(kind, id, value) {
      await turn();
      const of = store.documents.get(kind) ?? new Map<string, typeof value>();
      store.documents.set(kind, of.set(id, keep(value)));
    },
    document: async (kind, id) => turn(store.documents.get(kind)?.get(id)),
    documents: async (kind, page) => {
      const { after = '', most = Infinity } = page ?? {};
      const all = [...(store.documents.get(kind) ?? [])].map(([id, value]) => ({ id, value }));
      const wanted = all.filter(({ id }) => id > after).sort((a, b) => (a.id < b.id ? -1 : 1));
      return turn(wanted.slice(0, most));
    },
    async deleteDocument(kind, id) {
      await turn();
      store.documents.get(kind)?.delete(id);
    },

    get commits() {
      return commits;
    },
    async close() {
      await turn();
      flush();
    },
  };
}

/** An answer is never there in the turn of the call, as with any store. */
const turn = <Value>(value?: Value): Promise<Value> => Promise.resolve(value as Value);

const headOf = ({ tradeId, sequence, terminal }: TradeRow): TradeHead => ({ tradeId, sequence, terminal });

const rowOf = ({ done: _, outcome: __, ...row }: KeptEffect): EffectRow => row;

const fits = (effect: EffectRow, { tradeId, dueBeforeMs, failed = false }: PendingFilter): boolean =>
  (tradeId === undefined || effect.tradeId === tradeId) &&
  (dueBeforeMs === undefined || effect.dueMs <= dueBeforeMs) &&
  effect.attempts >= (failed ? 1 : 0);

function* deadlinesOf(store: MemoryStore): Generator<DeadlineRow> {
  for (const [tradeId, of] of store.deadlines) {
    for (const [name, at] of of) yield { tradeId, name, at };
  }
}

/** By height first, then by time; each the earliest first. */
const rank = ({ at }: DeadlineRow): [number, number] => ('height' in at ? [0, at.height] : [1, at.timeMs]);
function bySoonest(a: DeadlineRow, b: DeadlineRow): number {
  const [[clockA, timeA], [clockB, timeB]] = [rank(a), rank(b)];
  return clockA - clockB || timeA - timeB;
}
