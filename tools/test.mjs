// `npm test`: everything that has to hold, one step after the other, up to the first that fails.
// The last line is `N passed, N failed`, over all tests; a failed step without tests counts as one failure.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { node } from './bootstrap/own-node.mjs';

const root = resolve(import.meta.dirname, '..');
const reports = mkdtempSync(join(tmpdir(), 'tercet-test-'));

const jest = (project, ...options) => [
  node(),
  [
    ...[
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
    ],
    ...['--selectProjects', project, '--json', '--outputFile', reportOf(project), ...options],
  ],
];

/** The same end-to-end tests on each back end; one that is missing fails. */
const endToEnd = (backend) => [
  process.execPath,
  ['tools/images/test.mjs', '--json', '--outputFile', reportOf(backend)],
  { E2E_BACKEND: backend },
];

const steps = [
  ['bootstrap', () => [process.execPath, ['tools/bootstrap/main.mjs']]],
  ['lint', () => ['npm', ['run', '--silent', 'lint']]],
  ['types', () => ['npm', ['run', '--silent', 'typecheck']]],
  ['unit', () => jest('unit')],
  ['fuzz', () => [node(), ['tools/stage/dist/fuzz/main.js', '--inputs', '20000']]],
  // Whatever a test left open, the run ends; what it started it stops itself.
  ['real', () => jest('real', '--runInBand', '--forceExit')],
  ['processes', () => endToEnd('processes')],
  // The last one: what it couldn't run here it says in its last line.
  ['containers', () => endToEnd('containers')],
];

const totals = { passed: 0, failed: 0 };
let stoppedAt;
for (const [name, command] of steps) {
  console.log(`\n== ${name}`);
  const isFine = await run(command());
  if (!count(name, isFine)) {
    stoppedAt = name;
    break;
  }
}
rmSync(reports, { recursive: true, force: true });
if (stoppedAt) console.log(`\nStopped at: ${stoppedAt}`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = stoppedAt ? 1 : 0;

function run([command, args, env = {}]) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
    child.once('error', (error) => {
      console.error(`${command} can't be started: ${error.message}`);
      done(false);
    });
    child.once('exit', (code) => done(code === 0));
  });
}

/** Adds a step's tests to the totals; says whether the next step may run. A skipped test is no passed test. */
function count(name, isFine) {
  const path = reportOf(name);
  if (!existsSync(path)) {
    if (!isFine) totals.failed += 1;
    return isFine;
  }
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const skipped = report.numPendingTests + report.numTodoTests;
  if (skipped > 0) console.log(`${skipped} tests of ${name} were skipped; each runs, or goes.`);
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites + skipped;
  totals.passed += report.numPassedTests;
  totals.failed += isFine ? failed : Math.max(failed, 1);
  return isFine && failed === 0;
}

function reportOf(name) {
  return join(reports, `${name}.json`);
}
