/** What `@jest/globals` is for the table tests while mutants are judged; `load.ts` puts it in that place. */
import type { expect as Expect } from '@jest/globals';
import { createRequire } from 'node:module';
import { Suite } from './suite.js';

const jest = createRequire(createRequire(import.meta.url).resolve('@jest/globals'));

export const suite = new Suite();
export const { describe, test } = suite;
/** Jest's own, which works outside of it too. */
export const { expect } = jest('expect') as { expect: typeof Expect };
