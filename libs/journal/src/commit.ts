/**
 * One step of a trade, all or nothing (S1, S12, S19, S21, S22). The compare-and-swap comes first: it locks the trade's
 * row, so that of two processes the second waits and then finds the sequence moved on.
 */
import type { Transaction } from 'kysely';
import { TercetError, unixMs } from '@tercet/protocol';
import type { Commit, CommitResult, EffectRow } from './port.js';
import type { Store } from './rows.js';
import type { Schema } from './schema.js';
import { takeNames } from './tables/names.js';
import { effectKey, effectPlace, markDone } from './tables/effects.js';
import { factPlace, statePlace } from './tables/trades.js';
import type { Vault } from './vault.js';

type Step = Transaction<Schema>;
type Refusal = Exclude<CommitResult, { result: 'committed' }>;

/** Leaves the transaction so that it is rolled back. */
class Refused extends Error {
  constructor(readonly answer: Refusal) {
    super(answer.result);
  }
}

const terminalLeft = (commit: Commit): TercetError =>
  new TercetError(
    'JOURNAL_TERMINAL',
    `Trade ${commit.tradeId} has ended, and a step would have opened it again. Nothing was written.`,
    { wayOut: 'This is a fault in the program: please report it with this message.' },
  );

/** Why no row was swapped: the event is in, somebody was faster, or an ended trade was to be opened again (S20). */
const whyNotSwapped = async (step: Step, commit: Commit): Promise<Error> => {
  if (commit.eventId !== undefined) {
    const known = await step
      .selectFrom('fact')
      .select('sequence')
      .where('trade_id', '=', commit.tradeId)
      .where('event_id', '=', commit.eventId)
      .executeTakeFirst();
    if (known !== undefined) return new Refused({ result: 'duplicate' });
  }
  const trade = await step
    .selectFrom('trade')
    .select('sequence')
    .where('trade_id', '=', commit.tradeId)
    .executeTakeFirst();
  return trade !== undefined && trade.sequence === commit.expectedSequence
    ? terminalLeft(commit)
    : new Refused({ result: 'conflict' });
};

const swapState = async (step: Step, vault: Vault, commit: Commit): Promise<void> => {
  const { tradeId, expectedSequence, role } = commit;
  const sequence = expectedSequence + 1;
  const terminal = commit.terminal ? 1 : 0;
  const state = vault.seal(statePlace(tradeId, sequence), commit.state);
  const swapped =
    expectedSequence === 0
      ? (
          await step
            .insertInto('trade')
            .values({ trade_id: tradeId, role, sequence, terminal, state })
            .onConflict((conflict) => conflict.column('trade_id').doNothing())
            .executeTakeFirstOrThrow()
        ).numInsertedOrUpdatedRows
      : (
          await step
            .updateTable('trade')
            // Where it stays 0 it isn't written: that would touch its index too.
            .set({ role, sequence, state, ...((commit.terminal || commit.reopens) && { terminal }) })
            .where('trade_id', '=', tradeId)
            .where('sequence', '=', expectedSequence)
            .where('terminal', '<=', commit.reopens ? 1 : terminal)
            .executeTakeFirstOrThrow()
        ).numUpdatedRows;
  if (swapped !== 1n) throw await whyNotSwapped(step, commit);
};

const appendFact = async (step: Step, vault: Vault, commit: Commit, sequence: number): Promise<void> => {
  const { tradeId, eventId } = commit;
  const { numInsertedOrUpdatedRows } = await step
    .insertInto('fact')
    .values({
      trade_id: tradeId,
      sequence,
      event_id: eventId ?? null,
      body: vault.seal(factPlace(tradeId, sequence), commit.fact),
    })
    // The swap made the sequence ours: only the event can be there already.
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows !== 1n) throw new Refused({ result: 'duplicate' });
};

const askEffects = async (
  step: Step,
  vault: Vault,
  commit: Commit,
  sequence: number,
): Promise<EffectRow[]> => {
  const asked = commit.effects.map((effect, index): EffectRow => ({
    key: effectKey(commit.tradeId, sequence, index),
    tradeId: commit.tradeId,
    kind: effect.kind,
    body: effect.body,
    ...(effect.lane !== undefined && { lane: effect.lane }),
    attempts: 0,
    dueMs: unixMs(0),
  }));
  for (const effect of asked) {
    await step
      .insertInto('effect')
      .values({
        key: effect.key,
        trade_id: effect.tradeId,
        kind: effect.kind,
        lane: effect.lane ?? null,
        body: vault.seal(effectPlace('body', effect.key), effect.body),
        attempts: 0,
        due_ms: 0,
        done: 0,
      })
      .execute();
  }
  return asked;
};

const moveDeadlines = async (step: Step, { tradeId, deadlines }: Commit): Promise<void> => {
  for (const name of deadlines.clear) {
    await step.deleteFrom('deadline').where('trade_id', '=', tradeId).where('name', '=', name).execute();
  }
  for (const { name, at } of deadlines.set) {
    const clock =
      'height' in at ? { height: at.height, time_ms: null } : { height: null, time_ms: at.timeMs };
    await step
      .insertInto('deadline')
      .values({ trade_id: tradeId, name, ...clock })
      .onConflict((conflict) => conflict.columns(['trade_id', 'name']).doUpdateSet(clock))
      .execute();
  }
};

/** Within a transaction, to be rolled back when this throws. @throws Refused */
export const writeStep = async (step: Step, vault: Vault, commit: Commit): Promise<CommitResult> => {
  const sequence = commit.expectedSequence + 1;
  await swapState(step, vault, commit);
  await appendFact(step, vault, commit, sequence);
  if (commit.finishes !== undefined) {
    const { effectKey: key, outcome } = commit.finishes;
    if (!(await markDone({ db: step, vault }, key, outcome))) throw new Refused({ result: 'duplicate' });
  }
  const taken = await takeNames(step, commit);
  if (taken !== undefined) throw new Refused(taken);
  const effects = await askEffects(step, vault, commit, sequence);
  await moveDeadlines(step, commit);
  return { result: 'committed', sequence, effects };
};

/** PostgreSQL: serialization_failure, deadlock_detected. It chose us to give way, and rolled back. */
const GIVEN_WAY = new Set(['40001', '40P01']);

const gaveWay = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && GIVEN_WAY.has(String(error.code));

/** The answer to a step that was rolled back. @throws every error that isn't an answer. */
export const answerTo = (error: unknown): Refusal => {
  if (error instanceof Refused) return error.answer;
  if (gaveWay(error)) return { result: 'conflict' };
  throw error;
};

/** See `Journal.commit`. @throws JOURNAL_TERMINAL, JOURNAL_NO_EFFECT, JOURNAL_NOT_JSON: faults of the caller. */
export const writeCommit = ({ db, vault }: Store, commit: Commit): Promise<CommitResult> =>
  db
    .transaction()
    .execute((step) => writeStep(step, vault, commit))
    .catch(answerTo);
