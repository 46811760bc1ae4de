/** SQLite's calls are synchronous: a transaction runs from its first statement to its flush without a turn in between. */
import type SQLite from 'better-sqlite3';
import { type Answer, type Asked, type Runner, settle, type Work } from './work.js';

export const sqliteRunner = (database: SQLite.Database): Runner => {
  const prepared = new Map<string, SQLite.Statement>();
  const prepare = (text: string) => {
    const known = prepared.get(text);
    if (known) return known;
    const made = database.prepare(text);
    prepared.set(text, made);
    return made;
  };
  const answer = ({ text, parameters }: Asked): Answer => {
    const ready = prepare(text);
    if (ready.reader) return { rows: ready.all(...parameters), changes: 0 };
    return { rows: [], changes: ready.run(...parameters).changes };
  };
  const run = <T>(begin: () => Work<T>): T => {
    const work = begin();
    let next = work.next();
    while (next.done !== true) next = work.next(answer(next.value));
    return next.value;
  };
  /** Within a transaction it is a savepoint. */
  const whole = <T>(begin: () => Work<T>): T => database.transaction(() => run(begin))();

  return {
    read: (query, values) =>
      new Promise((resolve) => {
        resolve(query.rows(prepare(query.text).all(...query.parameters(values))));
      }),
    alone: (work) =>
      new Promise((resolve) => {
        resolve(whole(work));
      }),
    together: (works) =>
      new Promise((resolve) => {
        // Where none throws no savepoints are needed; where one does, all is undone and written again behind them.
        const plain = settle(() => database.transaction(() => works.map(run))());
        resolve(
          plain.status === 'fulfilled'
            ? plain.value.map((value) => ({ status: 'fulfilled', value }))
            : database.transaction(() => works.map((work) => settle(() => whole(work))))(),
        );
      }),
  };
};
