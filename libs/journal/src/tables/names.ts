/**
 * Names that only one trade may hold: payment hashes, for ever (S12), and claims, until they are given back. Both tables
 * have the name as their key, so the database itself decides between two processes.
 */
import type { Transaction } from 'kysely';
import type { TradeId } from '@tercet/protocol';
import type { Commit, CommitResult } from '../port.js';
import type { Schema } from '../schema.js';

type Step = Transaction<Schema>;
type Taken = Extract<CommitResult, { result: 'hashInUse' | 'claimed' }>;

/** Taking a hash again for the same trade and purpose is the same use. */
const takeHash = async (step: Step, trade_id: TradeId, hash: string, purpose: string): Promise<boolean> => {
  const { numInsertedOrUpdatedRows } = await step
    .insertInto('hash')
    .values({ hash, trade_id, purpose })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 1n) return true;
  const held = await step.selectFrom('hash').selectAll().where('hash', '=', hash).executeTakeFirst();
  return held?.trade_id === trade_id && held.purpose === purpose;
};

/** Taking a claim that the trade holds already changes nothing. */
const takeClaim = async (step: Step, trade_id: TradeId, claim: string): Promise<boolean> => {
  const { numInsertedOrUpdatedRows } = await step
    .insertInto('claim')
    .values({ claim, trade_id })
    .onConflict((conflict) => conflict.column('claim').doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 1n) return true;
  const held = await step.selectFrom('claim').selectAll().where('claim', '=', claim).executeTakeFirst();
  return held?.trade_id === trade_id;
};

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Answers the first name that somebody else holds. In order of the names: two processes then wait, and never deadlock. */
export const takeNames = async (step: Step, commit: Commit): Promise<Taken | undefined> => {
  const { tradeId, hashes, claims } = commit;
  for (const { hash, purpose } of hashes.toSorted((a, b) => byName(a.hash, b.hash))) {
    if (!(await takeHash(step, tradeId, hash, purpose))) return { result: 'hashInUse', hash };
  }
  for (const claim of [...new Set([...claims.release, ...claims.take])].sort(byName)) {
    if (claims.release.includes(claim)) {
      await step.deleteFrom('claim').where('claim', '=', claim).where('trade_id', '=', tradeId).execute();
    }
    if (claims.take.includes(claim) && !(await takeClaim(step, tradeId, claim))) {
      return { result: 'claimed', claim };
    }
  }
  return undefined;
};
