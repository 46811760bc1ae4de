import type { MutantKind } from './mutants.js';

export interface Verdict {
  id: string;
  kind: MutantKind;
  table: string;
  /** Moves money: the goal is about these. */
  money: boolean;
  /** Tests that could notice it. */
  tests: number;
  /** The test that failed on it. */
  caughtBy?: string;
  /** Why no test can. */
  equivalent?: string;
}
export const GOAL_PERCENT = 95;

interface Score {
  mutants: number;
  caught: number;
  percent: number;
}
const scoreOf = (verdicts: Verdict[]): Score => {
  const counted = verdicts.filter(({ equivalent }) => equivalent === undefined);
  const caught = counted.filter(({ caughtBy }) => caughtBy !== undefined).length;
  const share = counted.length === 0 ? 1 : caught / counted.length;
  return { mutants: counted.length, caught, percent: Math.floor(share * 1000) / 10 };
};
export const moneyScore = (verdicts: Verdict[]): Score => scoreOf(verdicts.filter(({ money }) => money));
const survived = ({ caughtBy, equivalent }: Verdict): boolean =>
  caughtBy === undefined && equivalent === undefined;

export const asJson = (verdicts: Verdict[]): string =>
  JSON.stringify({ money: moneyScore(verdicts), all: scoreOf(verdicts), mutants: verdicts }, undefined, 1);

const line = (name: string, verdicts: Verdict[]): string => {
  const show = ({ caught, mutants, percent }: Score) =>
    mutants === 0 ? '-' : `${String(caught)}/${String(mutants)} ${percent.toFixed(1)} %`;
  return `${name.padEnd(20)} ${show(moneyScore(verdicts)).padStart(18)} ${show(scoreOf(verdicts)).padStart(18)}`;
};

/** Score of each table, then what survived, rows that move money first. */
export function asText(verdicts: Verdict[]): string {
  const tables = [...new Set(verdicts.map(({ table }) => table))];
  const equal = verdicts.filter(({ equivalent }) => equivalent !== undefined);
  const left = verdicts.filter(survived);
  const list = (title: string, money: boolean) => {
    const some = left.filter((verdict) => verdict.money === money);
    if (some.length === 0) return [];
    return [
      '',
      title,
      ...some.map(({ id, tests }) => `  ${id}${tests === 0 ? '  (no test comes here)' : ''}`),
    ];
  };
  return [
    `${'caught'.padEnd(20)} ${'rows with money'.padStart(18)} ${'all rows'.padStart(18)}`,
    ...tables.map((table) =>
      line(
        table,
        verdicts.filter((verdict) => verdict.table === table),
      ),
    ),
    line('all tables', verdicts),
    ...(equal.length === 0
      ? []
      : ['', 'Change nothing:', ...equal.map(({ id, equivalent }) => `  ${id}: ${equivalent ?? ''}`)]),
    ...list('Survived, on rows that move money:', true),
    ...list('Survived, on other rows:', false),
  ].join('\n');
}
