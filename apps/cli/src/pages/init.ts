import { grouped } from '../format/amount.js';
import { wrap } from '../format/table.js';
import { bold, yellow, type Look } from './page.js';

const IN_A_ROW = 4;

/** The 24 words: the one time that they can be seen. */
export const seedPage = (words: readonly string[], look: Look): string => {
  const widest = Math.max(...words.map((word) => word.length));
  const cells = words.map((word, at) => `${grouped(at + 1).padStart(4)} ${word.padEnd(widest)}`);
  const rows = Array.from({ length: Math.ceil(cells.length / IN_A_ROW) }, (_, row) =>
    cells
      .slice(row * IN_A_ROW, (row + 1) * IN_A_ROW)
      .join('  ')
      .trimEnd(),
  );
  return [
    bold('The seed of this daemon', look),
    ...rows,
    '',
    ...wrap(
      'Write these words on paper, in this order. They are shown this once; whoever has them has the keys of all trades of this daemon, and without them a broken disk can cost you what is locked.',
      look.width,
    ).map((line) => yellow(line, look)),
    '',
  ].join('\n');
};

const SEEDS = { made: 'new', restored: 'restored from its words', kept: 'was there, left as it is' } as const;

const NEXT = {
  maker: ['tercet agents', 'tercet offer sell 100000 95.00 EUR --method "SEPA instant" --out order.json'],
  taker: ['tercet agents', 'tercet take order.json'],
  agent: ['tercet status'],
} as const;

/** What `init` has done, and what comes next. */
export const setUpPage = (done: {
  role: keyof typeof NEXT;
  paths: { config: string; seed: string };
  configKept: boolean;
  seed: keyof typeof SEEDS;
}): string =>
  [
    `The ${done.role} is set up.`,
    `  configuration  ${done.paths.config}${done.configKept ? ' (was there, left as it is)' : ''}`,
    `  seed           ${done.paths.seed} (${SEEDS[done.seed]})`,
    '',
    'Next: start the daemon, then',
    ...NEXT[done.role].map((command) => `  ${command}`),
  ].join('\n');
