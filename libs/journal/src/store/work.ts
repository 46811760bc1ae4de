/**
 * What is written in one transaction, as a generator: it asks for one statement after the other and is given the answers.
 * So the same lines run through SQLite's synchronous calls and over PostgreSQL's connection, and can be run again.
 */
import type { Statement } from './statement.js';

export interface Asked {
  text: string;
  parameters: unknown[];
}
export interface Answer {
  rows: unknown[];
  /** Rows inserted, updated or deleted. */
  changes: number;
}
export type Work<T> = Generator<Asked, T, Answer>;

/** Answers how many rows it changed. */
export function* change<Values>(query: Statement<Values>, values: Values): Work<number> {
  const { changes } = yield { text: query.text, parameters: query.parameters(values) };
  return changes;
}

export function* firstRow<Values, Row>(query: Statement<Values, Row>, values: Values): Work<Row | undefined> {
  const { rows } = yield { text: query.text, parameters: query.parameters(values) };
  return query.rows(rows)[0];
}

/** How a database runs statements. */
export interface Runner {
  read<Values, Row>(query: Statement<Values, Row>, values: Values): Promise<Row[]>;
  /** In a transaction of its own: all of it, or nothing when it throws. */
  alone<T>(work: () => Work<T>): Promise<T>;
  /** With one flush to disk for all; each of them is written whole, or not at all when it throws. In their order. */
  together<T>(works: readonly (() => Work<T>)[]): Promise<PromiseSettledResult<T>[]>;
}

/** Runs each to its end. */
export const settle = <T>(run: () => T): PromiseSettledResult<T> => {
  try {
    return { status: 'fulfilled', value: run() };
  } catch (reason) {
    return { status: 'rejected', reason };
  }
};
