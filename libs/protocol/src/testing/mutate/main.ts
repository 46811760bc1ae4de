/**
 * `npm run mutate [-- --only PATTERN] [--json]`: changes the party tables one row at a time and reports which changes no
 * table test notices. Ends with 1 when fewer than 95 % of those on rows that move money are caught.
 */
import { fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { TABLES } from '../../parties.js';
import { EQUIVALENT } from './equivalent.js';
import { coverage, testsFor } from './judge.js';
import { loadTableTests } from './load.js';
import { movesMoney } from './money.js';
import type { Mutant } from './mutants.js';
import { mutantsOf, rowName } from './mutants.js';
import { Probe } from './probe.js';
import type { Verdict } from './report.js';
import { asJson, asText, GOAL_PERCENT, moneyScore } from './report.js';
import type { Answer, Question } from './worker.js';

const WORKERS = 2;
const SEED = 1;

const { only, isJson } = readArgs();
// Others may be measuring on this machine.
setPriority(10);

const everyMutant = TABLES.flatMap(mutantsOf);
const suite = await loadTableTests(SEED);
const probe = new Probe(TABLES);
const covered = coverage(suite, probe);
probe.remove();

/** A guard that doesn't read the tip has no bound to move. */
const isReal = ({ kind, table, state, rows, guard }: Mutant): boolean =>
  kind !== 'bound moved' ||
  probe.readsTip.has(`${rowName(table, state, rows[0] ?? 0)} ${String(guard ?? 0)}`);
const mutants = everyMutant.filter((mutant) => isReal(mutant) && only.test(mutant.id));
const stale = Object.keys(EQUIVALENT).filter((id) => !everyMutant.some((mutant) => mutant.id === id));
if (stale.length > 0) throw new Error(`equivalent.ts speaks of what isn't there: ${stale.join('; ')}`);

const verdicts: Verdict[] = mutants.map((mutant) => ({
  id: mutant.id,
  kind: mutant.kind,
  table: mutant.table.name,
  money: movesMoney(mutant, probe),
  tests: testsFor(mutant, covered).length,
  equivalent: EQUIVALENT[mutant.id],
}));
await judge(mutants.filter(({ id }) => EQUIVALENT[id] === undefined));

console.log(isJson ? asJson(verdicts) : asText(verdicts));
if (moneyScore(verdicts).percent < GOAL_PERCENT) process.exitCode = 1;

/** What isn't understood is said in a line, with how it is written; nothing is run. */
function readArgs(): { only: RegExp; isJson: boolean } {
  try {
    const { values } = parseArgs({
      options: { only: { type: 'string', default: '' }, json: { type: 'boolean', default: false } },
    });
    return { only: new RegExp(values.only), isJson: values.json };
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error('npm run mutate [-- --only PATTERN] [--json]');
    process.exit(2);
  }
}

/** Two processes, each with one mutant at a time. */
async function judge(waiting: Mutant[]): Promise<void> {
  const queue = [...waiting];
  const next = (): Question | undefined => {
    const mutant = queue.shift();
    if (!mutant) return undefined;
    const tests = testsFor(mutant, covered).map(({ block, title, count }) => ({ block, title, count }));
    return { id: mutant.id, tests };
  };
  await Promise.all(
    Array.from(
      { length: WORKERS },
      () =>
        new Promise<void>((done, fail) => {
          const worker = fork(join(import.meta.dirname, 'worker.js'), [String(SEED)]);
          const ask = () => {
            const question = next();
            if (question) worker.send(question);
            else worker.disconnect();
          };
          worker.on('message', ({ id, caughtBy }: Answer) => {
            const verdict = verdicts.find((one) => one.id === id);
            if (verdict) verdict.caughtBy = caughtBy;
            ask();
          });
          worker.once('error', fail);
          worker.once('exit', (code) => {
            if (code === 0) done();
            else fail(new Error(`a process that judges mutants ended with ${String(code)}`));
          });
          ask();
        }),
    ),
  );
}
