// Brings a checkout to where everything runs: does what is missing, and nothing the second time.
// `--engine` also installs a container engine where none answers.
// No dependencies, and only what Node 20 knows: it runs before `npm ci`.
import { gatherFacts } from './facts.mjs';
import { plan } from './plan.mjs';
import { StepFailed, stopChildren } from './run.mjs';
import { removeTemporary, steps } from './steps.mjs';

const announcements = {
  system: 'Redis and PostgreSQL for the daemons and their tests',
  engine: 'A container engine, for tests in containers',
  packages: 'JavaScript packages',
  nodes: 'Real Lightning and Bitcoin nodes for demo and tests, pinned, into a cache outside the repository',
  sources: 'The daemons themselves',
};

let isStopping = false;
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.once(signal, async () => {
    isStopping = true;
    await stopChildren(signal);
    removeTemporary();
    process.exit(code);
  });
}

const start = Date.now();
const facts = gatherFacts({ engineWanted: process.argv.includes('--engine') });
const { blockedBy, steps: missing = [] } = plan(facts);
if (blockedBy !== undefined) {
  console.error(blockedBy);
  process.exit(1);
}

try {
  for (const [index, step] of missing.entries()) {
    console.error(`[${index + 1}/${missing.length}] ${announcements[step]}`);
    await steps[step](facts);
  }
} catch (error) {
  // A child that was told to stop fails its step; the handler above ends this process.
  if (isStopping) await new Promise(() => {});
  removeTemporary();
  console.error(error instanceof StepFailed ? error.message : error);
  process.exit(1);
}
const seconds = ((Date.now() - start) / 1000).toFixed(1);
console.error(missing.length === 0 ? `Everything is in place (${seconds} s).` : `Ready after ${seconds} s.`);
