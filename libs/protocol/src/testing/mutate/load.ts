/** Loads the table tests of this package, as they were built, into one suite. */
import fc from 'fast-check';
import { globSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from './globals.js';
import type { Suite } from './suite.js';

const built = join(import.meta.dirname, '../..');

/** Where tests of tables stand. Those of terms, messages and signatures run no table. */
const TABLE_TESTS = '{deal,debts,fiat,shapes,machine,testing,view}/**/*.test.js';

/** Answers the same cases each time it is called in a new process: random schedules get a fixed seed. */
export async function loadTableTests(seed: number): Promise<Suite> {
  fc.configureGlobal({ seed });
  const globals = pathToFileURL(join(import.meta.dirname, 'globals.js')).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === '@jest/globals' ? { url: globals, shortCircuit: true } : next(specifier, context),
  });
  const paths = globSync(TABLE_TESTS, { cwd: built, exclude: ['testing/mutate/**'] })
    .map((path) => join(built, path))
    .filter((path) => !isHeldBySnapshot(path))
    .sort();
  for (const path of paths) await import(pathToFileURL(path).href);
  return suite;
}

/** Snapshots are jest's: what they hold is judged there. */
const isHeldBySnapshot = (path: string): boolean => readFileSync(path, 'utf8').includes('toMatchSnapshot');
