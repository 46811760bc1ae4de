/**
 * One step of a trade, all or nothing (S1, S12, S19, S21, S22). The compare-and-swap comes first: it locks the trade's
 * row, so that of two processes the second waits and then finds the sequence moved on.
 */
import { unixMs } from '@tercet/protocol';
import { terminalLeft } from './faults.js';
import type { Commit, CommitResult, EffectRow } from './port.js';
import type { Store } from './rows.js';
import { change, firstRow, type Work } from './store/work.js';
import { moveDeadlines } from './tables/deadlines.js';
import { effectKey, effectPlace, markDone } from './tables/effects.js';
import { takeNames } from './tables/names.js';
import { factPlace, statePlace } from './tables/trades.js';

type Refusal = Exclude<CommitResult, { result: 'committed' }>;

/** Leaves the transaction so that it is rolled back. */
class Refused extends Error {
  constructor(readonly answer: Refusal) {
    super(answer.result);
  }
}

/** Why no row was swapped: the event is in, somebody was faster, or an ended trade was to be opened again (S20). */
function* whyNotSwapped(
  { statements }: Store,
  { tradeId, eventId, expectedSequence }: Commit,
): Work<'duplicate' | 'conflict' | 'terminal'> {
  const { trades } = statements;
  if (eventId !== undefined && (yield* firstRow(trades.factOfEvent, { tradeId, eventId })) !== undefined)
    return 'duplicate';
  const trade = yield* firstRow(trades.sequenceOf, { tradeId });
  return trade?.sequence === expectedSequence ? 'terminal' : 'conflict';
}

function* swapState(store: Store, commit: Commit): Work<void> {
  const { tradeId, expectedSequence: expected, role } = commit;
  const { trades } = store.statements;
  const sequence = expected + 1;
  const terminal = commit.terminal ? 1 : 0;
  const most = commit.reopens ? 1 : terminal;
  const next = {
    tradeId,
    role,
    sequence,
    state: store.vault.seal(statePlace(tradeId, sequence), commit.state),
  };
  const swapped =
    expected === 0
      ? yield* change(trades.begin, { ...next, terminal })
      : most === 0
        ? yield* change(trades.swap, { ...next, expected })
        : yield* change(trades.swapAndMark, { ...next, expected, terminal, most });
  if (swapped === 1) return;
  const why = yield* whyNotSwapped(store, commit);
  throw why === 'terminal' ? terminalLeft(commit) : new Refused({ result: why });
}

function* appendFact({ statements, vault }: Store, commit: Commit, sequence: number): Work<void> {
  const { tradeId, eventId = null } = commit;
  const body = vault.seal(factPlace(tradeId, sequence), commit.fact);
  const appended = yield* change(statements.trades.appendFact, { tradeId, sequence, eventId, body });
  if (appended !== 1) throw new Refused({ result: 'duplicate' });
}

function* askEffects({ statements, vault }: Store, commit: Commit, sequence: number): Work<EffectRow[]> {
  const asked = commit.effects.map((effect, index): EffectRow => ({
    key: effectKey(commit.tradeId, sequence, index),
    tradeId: commit.tradeId,
    kind: effect.kind,
    body: effect.body,
    ...(effect.lane !== undefined && { lane: effect.lane }),
    attempts: 0,
    dueMs: unixMs(0),
  }));
  for (const { key, tradeId, kind, lane = null, body } of asked) {
    yield* change(statements.effects.ask, {
      ...{ key, tradeId, kind, lane },
      body: vault.seal(effectPlace('body', key), body),
    });
  }
  return asked;
}

/** Within a transaction, to be rolled back when this throws. @throws Refused */
export function* writeStep(store: Store, commit: Commit): Work<CommitResult> {
  const sequence = commit.expectedSequence + 1;
  yield* swapState(store, commit);
  yield* appendFact(store, commit, sequence);
  if (commit.finishes !== undefined) {
    const { effectKey: key, outcome } = commit.finishes;
    if (!(yield* markDone(store, key, outcome))) throw new Refused({ result: 'duplicate' });
  }
  const taken = yield* takeNames(store, commit);
  if (taken !== undefined) throw new Refused(taken);
  const effects = yield* askEffects(store, commit, sequence);
  yield* moveDeadlines(store, commit);
  return { result: 'committed', sequence, effects };
}

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
export const writeCommit = (store: Store, commit: Commit): Promise<CommitResult> =>
  store.runner.alone(() => writeStep(store, commit)).catch(answerTo);
