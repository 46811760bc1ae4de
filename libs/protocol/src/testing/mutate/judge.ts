/** Runs the tests that can notice a mutant, and answers which one did. */
import type { Mutant } from './mutants.js';
import { rowName } from './mutants.js';
import type { Probe } from './probe.js';
import type { Case, Suite } from './suite.js';

/** What a test did on the real tables. */
export interface Covered {
  block: number;
  title: string;
  /** Rows and deadlines that it considers itself. */
  seen: string[];
  /** Those that its block considers while it is opened. */
  opening: string[];
  /** Rows it considered: how long it goes on. */
  count: number;
  ms: number;
}

/** Runs every test once on the real tables. Throws when one fails: then no mutant can be judged. */
export function coverage(suite: Suite, probe: Probe): Covered[] {
  return suite.blocks.flatMap(({ open, title: blockTitle }, block) => {
    probe.reset();
    const cases = attempt(blockTitle, open);
    const opening = [...probe.seen];
    const openingCount = probe.count;
    return cases.map(({ title, run }) => {
      probe.reset();
      const start = performance.now();
      attempt(title, run);
      const ms = performance.now() - start;
      return {
        block,
        title,
        seen: [...probe.seen],
        opening,
        count: openingCount + probe.count,
        ms,
      };
    });
  });
}

function attempt<T>(title: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new Error(`"${title}" fails without any mutant`, { cause: error });
  }
}

/**
 * Tests that consider what the mutant changes, those that do so themselves first and quick ones before slow ones; before
 * all of them those that read tables without running them.
 */
export function testsFor(mutant: Mutant, covered: readonly Covered[]): Covered[] {
  const places =
    mutant.deadline === undefined
      ? mutant.rows.map((index) => rowName(mutant.table, mutant.state, index))
      : [`${mutant.table.name} ${mutant.state} until ${mutant.deadline}`];
  const comes = (seen: string[]) => places.some((place) => seen.includes(place));
  const readsOnly = ({ seen, opening }: Covered) => seen.length + opening.length === 0;
  const direct = covered.filter(({ seen }) => comes(seen));
  const others = covered.filter(({ seen, opening }) => !comes(seen) && comes(opening));
  return [covered.filter(readsOnly), direct, others].flatMap((some) => some.sort((a, b) => a.ms - b.ms));
}

/** The first test that fails on the mutant; undefined = it survives. */
export function caughtBy(
  suite: Suite,
  probe: Probe,
  mutant: Mutant,
  tests: readonly Pick<Covered, 'block' | 'title' | 'count'>[],
): string | undefined {
  const opened = new Map<number, Case[]>();
  const casesOf = (block: number): Case[] => {
    const cases = opened.get(block) ?? suite.blocks[block]?.open() ?? [];
    opened.set(block, cases);
    return cases;
  };
  return probe.with(mutant, () => {
    for (const { block, title, count } of tests) {
      probe.reset(10_000 + 20 * count);
      try {
        casesOf(block)
          .find((one) => one.title === title)
          ?.run();
      } catch {
        return title;
      }
    }
    return undefined;
  });
}
