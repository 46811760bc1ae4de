/** PostgreSQL: each statement is a round trip; transactions take connections of their own, and share flushes by themselves. */
import { CompiledQuery } from 'kysely';
import type { Database } from '../schema.js';
import type { Asked, Runner, Work } from './work.js';

const ask = async (db: Database, { text, parameters }: Asked) => {
  const { rows, numAffectedRows = 0n } = await db.executeQuery<unknown>(CompiledQuery.raw(text, parameters));
  return { rows, changes: Number(numAffectedRows) };
};

const run = async <T>(db: Database, work: Work<T>): Promise<T> => {
  let next = work.next();
  while (next.done !== true) next = work.next(await ask(db, next.value));
  return next.value;
};

export const postgresRunner = (db: Database): Runner => {
  const alone = <T>(work: () => Work<T>): Promise<T> =>
    db.transaction().execute((transaction) => run(transaction, work()));

  const inOne = <T>(works: readonly (() => Work<T>)[]): Promise<T[]> =>
    db.transaction().execute(async (transaction) => {
      const values: T[] = [];
      for (const work of works) values.push(await run(transaction, work()));
      return values;
    });

  return {
    async read(query, values) {
      const { rows } = await ask(db, { text: query.text, parameters: query.parameters(values) });
      return query.rows(rows);
    },
    alone,
    // A statement that failed spoils its transaction, and PostgreSQL would roll the others back without an error.
    async together(works) {
      const [plain] = await Promise.allSettled([inOne(works)]);
      if (plain.status === 'rejected') return Promise.allSettled(works.map(alone));
      return plain.value.map((value) => ({ status: 'fulfilled', value }));
    },
  };
};
