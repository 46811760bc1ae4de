/**
 * Names that only one trade may hold: payment hashes, for ever (S12), and claims, until they are given back. Both tables
 * have the name as their key, so the database itself decides between two processes.
 */
import type { TradeId } from '@tercet/protocol';
import type { Commit, CommitResult } from '../port.js';
import type { Store } from '../rows.js';
import { change, firstRow, type Work } from '../store/work.js';

type Taken = Extract<CommitResult, { result: 'hashInUse' | 'claimed' }>;

/** Taking a hash again for the same trade and purpose is the same use. */
function* takeHash({ statements }: Store, tradeId: TradeId, hash: string, purpose: string): Work<boolean> {
  const { names } = statements;
  if ((yield* change(names.takeHash, { hash, tradeId, purpose })) === 1) return true;
  const held = yield* firstRow(names.hash, { hash });
  return held?.trade_id === tradeId && held.purpose === purpose;
}

/** Taking a claim that the trade holds already changes nothing. */
function* takeClaim({ statements }: Store, tradeId: TradeId, claim: string): Work<boolean> {
  const { names } = statements;
  if ((yield* change(names.takeClaim, { claim, tradeId })) === 1) return true;
  const held = yield* firstRow(names.claim, { claim });
  return held?.trade_id === tradeId;
}

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Answers the first name that somebody else holds. In order of the names: two processes then wait, and never deadlock. */
export function* takeNames(store: Store, commit: Commit): Work<Taken | undefined> {
  const { tradeId, hashes, claims } = commit;
  for (const { hash, purpose } of hashes.toSorted((a, b) => byName(a.hash, b.hash))) {
    if (!(yield* takeHash(store, tradeId, hash, purpose))) return { result: 'hashInUse', hash };
  }
  for (const claim of [...new Set([...claims.release, ...claims.take])].sort(byName)) {
    if (claims.release.includes(claim)) {
      yield* change(store.statements.names.giveBack, { claim, tradeId });
    }
    if (claims.take.includes(claim) && !(yield* takeClaim(store, tradeId, claim))) {
      return { result: 'claimed', claim };
    }
  }
  return undefined;
}
