/**
 * Group commit for SQLite: the steps that wait while one is flushed to disk go into the next transaction together, each
 * whole or not at all. SQLite writes one transaction at a time and a flush costs more than the step, so sixteen
 * trades in flight share one. A step is answered after the flush, never before (S8). PostgreSQL does the same inside.
 *
 * That an effect is finished lingers for such a flush on both: it needs none of its own, since an effect whose mark was
 * lost in a crash is run again, and every effect may be (S7, S26).
 */
import { setImmediate } from 'node:timers/promises';
import { answerTo, writeStep } from './commit.js';
import type { Commit, CommitResult } from './port.js';
import type { Store } from './rows.js';
import type { Work } from './store/work.js';
import { markDone } from './tables/effects.js';

/** More would keep readers waiting, and save little. */
const LARGEST_GROUP = 64;
/** How long a finished effect waits for somebody else's flush, in ms. */
const LINGER_MS = 20;

/** Tells the caller, once the group is on disk. */
type Settle = () => void;

interface Waiting {
  work: () => Work<Settle>;
  /** Told why it was not written. */
  refuse: (error: unknown) => void;
}

/** What is written together, in the order in which it was asked for. */
export class Groups {
  private readonly steps: Waiting[] = [];
  private readonly finished: Waiting[] = [];
  /** Outcomes that aren't on disk yet, by key. */
  private readonly outcomes = new Map<string, string>();
  private linger: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;

  constructor(private readonly store: Store) {}

  /** A `Journal.commit` that shares flushes. */
  commit(commit: Commit): Promise<CommitResult> {
    return new Promise((resolve) => {
      const { store } = this;
      this.steps.push({
        *work() {
          const answer = yield* writeStep(store, commit);
          return () => resolve(answer);
        },
        refuse: (error) => resolve(refusal(error)),
      });
      this.begin();
    });
  }

  /** Anything else that shares flushes with the steps. */
  write(work: () => Work<unknown>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.steps.push({
        *work() {
          yield* work();
          return resolve;
        },
        refuse: reject,
      });
      this.begin();
    });
  }

  /** Of an effect that was finished here and isn't so on disk yet. */
  outcomeOf(key: string): string | undefined {
    return this.outcomes.get(key);
  }

  /** See `Journal.finishEffect`. */
  finish(key: string, outcome: string): Promise<void> {
    const { store } = this;
    if (!this.outcomes.has(key)) this.outcomes.set(key, outcome);
    const written = new Promise<void>((resolve, reject) => {
      this.finished.push({
        *work() {
          yield* markDone(store, key, outcome);
          return resolve;
        },
        refuse: reject,
      });
      this.linger ??= setTimeout(() => {
        this.begin();
      }, LINGER_MS);
    });
    return written.finally(() => this.outcomes.delete(key));
  }

  /** Once everything that was asked for before is on disk, or was refused. */
  async settled(): Promise<void> {
    while (this.steps.length + this.finished.length > 0 || this.writing) {
      this.begin();
      await this.writing;
    }
  }

  private begin(): void {
    this.writing ??= this.writeAll();
  }

  private async writeAll(): Promise<void> {
    while (this.steps.length + this.finished.length > 0) {
      // A turn, so that whoever steps again on the last answers comes along.
      await setImmediate();
      clearTimeout(this.linger);
      this.linger = undefined;
      await this.writeGroup([...this.finished.splice(0), ...this.steps.splice(0, LARGEST_GROUP)]);
    }
    // In the same turn as the last look: whoever comes later begins anew.
    this.writing = undefined;
  }

  private async writeGroup(group: Waiting[]): Promise<void> {
    try {
      const ended = await this.store.runner.together(group.map(({ work }) => work));
      ended.forEach((end, index) => {
        if (end.status === 'fulfilled') end.value();
        else group[index]?.refuse(end.reason);
      });
    } catch (error) {
      for (const { refuse } of group) refuse(error);
    }
  }
}

/** The answer to a step that was not written; rejects with what is no answer. */
const refusal = (error: unknown): Promise<CommitResult> => Promise.resolve(error).then(answerTo);
