/**
 * Queries of a fixed text, compiled once. Kysely builds a query anew each time it is asked, which costs more than SQLite
 * takes to run it; a step of a trade asks for nine.
 */
import { type Compilable, type RawBuilder, sql } from 'kysely';

/** Where a value goes in, by its name. */
class Slot {
  constructor(readonly name: string) {}
}

type Slots<Values> = { [Name in keyof Values]-?: RawBuilder<Values[Name]> };

/** @typeParam Row what a select answers with. */
export interface Statement<Values, Row = unknown> {
  readonly text: string;
  /** In the order in which the text wants them. */
  parameters(values: Values): unknown[];
  /** What the database answered to it. */
  rows(found: unknown[]): Row[];
}

const slots = <Values>(): Slots<Values> =>
  new Proxy({} as Slots<Values>, { get: (_, name) => sql`${new Slot(String(name))}` });

/** @param build the query, with `slot.name` where the value of that name goes in. */
export const statement = <Values, Row = unknown>(
  build: (slot: Slots<Values>) => Compilable<Row>,
): Statement<Values, Row> => {
  const { sql: text, parameters } = build(slots<Values>()).compile();
  return {
    text,
    parameters: (values) =>
      parameters.map((given) => (given instanceof Slot ? values[given.name as keyof Values] : given)),
    rows: (found) => found as Row[],
  };
};
