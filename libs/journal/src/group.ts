/**
 * Group commit for SQLite: the steps that wait while one is flushed to disk go into the next transaction together, each
 * behind a savepoint of its own. SQLite writes one transaction at a time and a flush costs more than the step, so sixteen
 * trades in flight share one. A step is answered after the flush, never before (S8). PostgreSQL does the same inside.
 */
import { setImmediate } from 'node:timers/promises';
import { sql, type Transaction } from 'kysely';
import { answerTo, writeStep } from './commit.js';
import type { Commit, CommitResult } from './port.js';
import type { Store } from './rows.js';
import type { Schema } from './schema.js';

/** More would keep readers waiting, and save little. */
const LARGEST_GROUP = 64;

interface Waiting {
  commit: Commit;
  resolve: (answer: CommitResult) => void;
  reject: (error: unknown) => void;
}

type Settle = () => void;

const savepoint = sql`savepoint step`;
const release = sql`release step`;
const undo = sql`rollback to step`;

/** Answers how to settle the caller, once the group is on disk. */
const writeOne = async (group: Transaction<Schema>, { vault }: Store, waiting: Waiting): Promise<Settle> => {
  await savepoint.execute(group);
  try {
    const answer = await writeStep(group, vault, waiting.commit);
    await release.execute(group);
    return () => waiting.resolve(answer);
  } catch (error) {
    await undo.execute(group);
    await release.execute(group);
    try {
      const answer = answerTo(error);
      return () => waiting.resolve(answer);
    } catch (fault) {
      return () => waiting.reject(fault);
    }
  }
};

const writeGroup = async (store: Store, group: Waiting[]): Promise<void> => {
  try {
    const settles = await store.db.transaction().execute(async (transaction) => {
      const done: Settle[] = [];
      for (const waiting of group) done.push(await writeOne(transaction, store, waiting));
      return done;
    });
    for (const settle of settles) settle();
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
};

/** A `Journal.commit` that shares flushes. */
export const inGroups = (store: Store): ((commit: Commit) => Promise<CommitResult>) => {
  const queue: Waiting[] = [];
  let writing = false;
  const writeAll = async (): Promise<void> => {
    writing = true;
    while (queue.length > 0) {
      // A turn, so that whoever steps again on the last answers comes along.
      await setImmediate();
      await writeGroup(store, queue.splice(0, LARGEST_GROUP));
    }
    writing = false;
  };
  return (commit) =>
    new Promise((resolve, reject) => {
      queue.push({ commit, resolve, reject });
      if (!writing) void writeAll();
    });
};
