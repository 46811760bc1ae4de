/** `npm run sim`: many random schedules of whole trades, or one of them again. Ends with 0 only where no statement was broken. */
import { TercetError } from '@tercet/protocol';
import { Coverage, isReal, runSchedule, simulate, systematic, type Summary } from '@tercet/simulator';
import { readOptions, USAGE, type SimOptions } from './options.js';
import { failureText, summaryText } from './report.js';

const SCHEDULES = 1000;
const TRADES = 4;
const PROGRESS_EVERY = 5000;
const print = (text: string) => process.stdout.write(text);

const many = (options: SimOptions, coverage: Coverage): Promise<Summary> => {
  const { seed, shape, trades, schedules } = options;
  const told = {
    coverage,
    seed,
    shape,
    trades,
    onFailure: (failure: Parameters<typeof failureText>[0]) => print(failureText(failure)),
    onDone: (done: number) => {
      if (done % PROGRESS_EVERY === 0) process.stderr.write(`${String(done)} schedules\n`);
    },
  };
  return options.systematic
    ? systematic({ ...told, count: schedules ?? TRADES })
    : simulate({ ...told, schedules: schedules ?? SCHEDULES });
};

/** Answers whether nothing was broken. */
async function one({ seed, shape, trades, single, trace }: SimOptions): Promise<boolean> {
  const result = await runSchedule({ ...single, seed, shape, trades, trace, real: isReal(seed) });
  if (trace) print(`${result.trace.join('\n')}\n`);
  const faults = result.faults.map(({ number, kind }) => `${String(number)} ${kind}`).join(', ');
  print(
    `seed ${String(seed)}, ${result.shape}, trades: ${String(result.trades)}, ${String(result.happenings)} happenings; faults: ${faults || 'none'}\n`,
  );
  for (const { number, title, what } of result.violations) print(`VIOLATION ${number} (${title}): ${what}\n`);
  if (result.violations.length === 0) print('no violation\n');
  return result.violations.length === 0;
}

async function main(): Promise<boolean> {
  const options = readOptions(process.argv.slice(2), () => Date.now() % 1_000_000_000);
  if (!options) {
    print(USAGE);
    return true;
  }
  if (options.single) return one(options);
  const coverage = new Coverage();
  print(`seeds from ${String(options.seed)} on\n`);
  const summary = await many(options, coverage);
  print(summaryText(summary, coverage));
  return summary.failures.length === 0;
}

try {
  if (!(await main())) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof TercetError)) throw error;
  process.stderr.write(`${error.message} ${error.wayOut}\n`);
  process.exitCode = 2;
}
