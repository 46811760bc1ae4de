/** One step of a trade, all or nothing, by the rules of the tables on disk (see ../commit.ts), in the same order. */
import { unixMs } from '@tercet/protocol';
import { terminalLeft, unknownEffect } from '../faults.js';
import type { Commit, CommitResult, EffectRow } from '../port.js';
import { effectKey } from '../tables/effects.js';
import type { Keep } from './keep.js';
import type { MemoryStore } from './store.js';

type Refusal = Exclude<CommitResult, { result: 'committed' }>;

const eventName = (commit: Commit): string | undefined =>
  commit.eventId === undefined ? undefined : `${commit.tradeId}/${commit.eventId}`;

/** @throws JOURNAL_TERMINAL, JOURNAL_NO_EFFECT, JOURNAL_NOT_JSON: faults of the caller; nothing is written then. */
export function commitInMemory(store: MemoryStore, commit: Commit, keep: Keep): CommitResult {
  for (const value of [commit.state, commit.fact, ...commit.effects.map(({ body }) => body)]) keep(value);
  const refusal = reasonAgainst(store, commit);
  return refusal ?? write(store, commit);
}

function reasonAgainst(store: MemoryStore, commit: Commit): Refusal | undefined {
  const trade = store.trades.get(commit.tradeId);
  const event = eventName(commit);
  const isKnown = event !== undefined && store.events.has(event);
  if ((trade?.sequence ?? 0) !== commit.expectedSequence)
    return isKnown ? { result: 'duplicate' } : { result: 'conflict' };
  if (isKnown) return { result: 'duplicate' };
  if (trade?.terminal && !commit.terminal && !commit.reopens) throw terminalLeft(commit);
  if (commit.finishes) {
    const effect = store.effects.get(commit.finishes.effectKey);
    if (!effect) throw unknownEffect(commit.finishes.effectKey);
    if (effect.done) return { result: 'duplicate' };
  }
  return hashInUse(store, commit) ?? claimed(store, commit);
}

function hashInUse(store: MemoryStore, { tradeId, hashes }: Commit): Refusal | undefined {
  const here = new Map<string, string>();
  for (const { hash, purpose } of hashes) {
    const held = store.hashes.get(hash) ?? { tradeId, purpose: here.get(hash) ?? purpose };
    if (held.tradeId !== tradeId || held.purpose !== purpose) return { result: 'hashInUse', hash };
    here.set(hash, purpose);
  }
  return undefined;
}

function claimed(store: MemoryStore, { tradeId, claims }: Commit): Refusal | undefined {
  const claim = claims.take.find((name) => (store.claims.get(name) ?? tradeId) !== tradeId);
  return claim === undefined ? undefined : { result: 'claimed', claim };
}

function write(store: MemoryStore, commit: Commit): CommitResult {
  const { tradeId, role, terminal, state } = commit;
  const sequence = commit.expectedSequence + 1;
  store.trades.set(tradeId, { tradeId, role, sequence, terminal, state });
  const facts = store.facts.get(tradeId) ?? [];
  store.facts.set(tradeId, facts);
  facts.push({ sequence, fact: commit.fact, eventId: commit.eventId });
  const event = eventName(commit);
  if (event !== undefined) store.events.add(event);
  if (commit.finishes) store.finish(commit.finishes.effectKey, commit.finishes.outcome);
  for (const { hash, purpose } of commit.hashes) store.hashes.set(hash, { tradeId, purpose });
  for (const claim of commit.claims.release) {
    if (store.claims.get(claim) === tradeId) store.claims.delete(claim);
  }
  for (const claim of commit.claims.take) store.claims.set(claim, tradeId);
  moveDeadlines(store, commit);
  return { result: 'committed', sequence, effects: askEffects(store, commit, sequence) };
}

function askEffects(store: MemoryStore, commit: Commit, sequence: number): EffectRow[] {
  return commit.effects.map(({ kind, body, lane }, index) => {
    const effect: EffectRow = {
      key: effectKey(commit.tradeId, sequence, index),
      tradeId: commit.tradeId,
      kind,
      body,
      ...(lane !== undefined && { lane }),
      attempts: 0,
      dueMs: unixMs(0),
    };
    const kept = { ...effect, done: false };
    store.effects.set(effect.key, kept);
    store.pending.set(effect.key, kept);
    return effect;
  });
}

function moveDeadlines(store: MemoryStore, { tradeId, deadlines }: Commit): void {
  const of = store.deadlines.get(tradeId) ?? new Map<string, (typeof deadlines.set)[number]['at']>();
  store.deadlines.set(tradeId, of);
  for (const name of deadlines.clear) of.delete(name);
  for (const { name, at } of deadlines.set) of.set(name, at);
}
