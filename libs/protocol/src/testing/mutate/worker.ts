/** One of the processes that judge mutants: reads an id and the tests for it, answers with the test that failed. */
import { TABLES } from '../../parties.js';
import type { Covered } from './judge.js';
import { caughtBy } from './judge.js';
import { loadTableTests } from './load.js';
import { mutantsOf } from './mutants.js';
import { Probe } from './probe.js';

export interface Question {
  id: string;
  tests: Pick<Covered, 'block' | 'title' | 'count'>[];
}
export interface Answer {
  id: string;
  caughtBy?: string;
}

const mutants = new Map(TABLES.flatMap(mutantsOf).map((mutant) => [mutant.id, mutant]));
const suite = loadTableTests(Number(process.argv[2]));
const probe = suite.then(() => new Probe(TABLES));

process.on('message', (question: Question) => {
  void answer(question);
});

async function answer({ id, tests }: Question): Promise<void> {
  const mutant = mutants.get(id);
  if (!mutant) throw new Error(`no mutant ${id}`);
  process.send?.({ id, caughtBy: caughtBy(await suite, await probe, mutant, tests) } satisfies Answer);
}
