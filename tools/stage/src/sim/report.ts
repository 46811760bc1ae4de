/** What a simulation says at its end. */
import type { Coverage, Failure, Summary } from '@tercet/simulator';

export function failureText({ result, replay, shrunk }: Failure): string {
  const what = result.violations.map((one) => `  ${one.number} (${one.title}): ${one.what}\n`).join('');
  const smaller = shrunk === replay ? '' : `  smaller: ${shrunk}\n`;
  return `VIOLATION in seed ${String(result.seed)}, ${result.shape}\n${what}  replay: ${replay}\n${smaller}`;
}

export function summaryText(summary: Summary, coverage: Coverage): string {
  const { schedules, real, double, happenings, failures, elapsedMs } = summary;
  const perMinute = Math.round((schedules / elapsedMs) * 60_000);
  const tables = coverage
    .tables()
    .map(
      ({ shape, table, states, rows }) =>
        `  ${shape.padEnd(10)} ${table.padEnd(17)} states ${ratio(states.reached, states.all)}   rows ${ratio(rows.taken, rows.all)}\n`,
    );
  const never = coverage.neverTaken();
  const notHere = coverage.notHere();
  const wrong = notHere.filter(({ isTaken }) => isTaken);
  return (
    `${tables.join('')}rows never taken: ${String(never.length)}\n${never.map((row) => `  ${row}\n`).join('')}` +
    `rows that are not for this world: ${String(notHere.length)}\n` +
    notHere.map(({ name, why }) => `  ${name}: ${why}\n`).join('') +
    wrong.map(({ name }) => `TAKEN, though it is said that it can not be: ${name}\n`).join('') +
    `${String(schedules)} schedules (${String(real)} with real signatures and SQLite, ${String(double)} with two trades at once), ${String(happenings)} happenings, ` +
    `${String(perMinute)} schedules a minute, ${String(failures.length)} with violations\n`
  );
}

const ratio = (part: number, all: number): string =>
  `${String(part).padStart(3)} of ${String(all).padEnd(3)}`;
