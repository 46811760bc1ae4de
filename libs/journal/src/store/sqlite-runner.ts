/** SQLite's calls are synchronous: a transaction runs from its first statement to its flush without a turn in between. */
import type { PreparedSqlite } from './sqlite.js';
import { type Answer, type Asked, type Runner, settle, type Work } from './work.js';

export const sqliteRunner = (database: PreparedSqlite): Runner => {
  const answer = ({ text, parameters }: Asked): Answer => {
    const ready = database.prepare(text);
    if (ready.reader) return { rows: ready.all(parameters), changes: 0 };
    return { rows: [], changes: Number(ready.run(parameters).changes) };
  };
  const run = <T>(begin: () => Work<T>): T => {
    const work = begin();
    let next = work.next();
    while (next.done !== true) next = work.next(answer(next.value));
    return next.value;
  };
  const whole = <T>(begin: () => Work<T>): T => database.whole(() => run(begin));

  return {
    read: (query, values) =>
      new Promise((resolve) => {
        resolve(query.rows(database.prepare(query.text).all(query.parameters(values))));
      }),
    alone: (work) =>
      new Promise((resolve) => {
        resolve(whole(work));
      }),
    together: (works) =>
      new Promise((resolve) => {
        // Where none throws no savepoints are needed; where one does, all is undone and written again behind them.
        const plain = settle(() => database.whole(() => works.map(run)));
        resolve(
          plain.status === 'fulfilled'
            ? plain.value.map((value) => ({ status: 'fulfilled', value }))
            : database.whole(() => works.map((work) => settle(() => whole(work)))),
        );
      }),
  };
};
