// `npm run test:containers`: the end-to-end tests on containers of our own images. Uses the engine that answers, or
// starts one for the time of the run where this is root. Further arguments go to jest.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { repositoryRoot } from '../bootstrap/cache.mjs';
import { engineAnswers, startEngine } from '../bootstrap/engine.mjs';

const ownNode = join(repositoryRoot, 'node_modules/.bin/node');
let child;
let stopped = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    stopped = true;
    child?.kill(signal);
  });
}

process.exitCode = await main();

async function main() {
  if (!(await run(process.execPath, ['tools/bootstrap/main.mjs', '--engine']))) return 1;
  const engine = engineAnswers() ? undefined : await startEngine();
  if (engine === undefined) console.log('Container engine: the one that answers here');
  else console.log('Container engine: none answers, a private one was started; it is stopped at the end');
  try {
    const env = { E2E_BACKEND: 'containers', ...(engine && { DOCKER_HOST: engine.host }) };
    return (await tests(env)) ? 0 : 1;
  } finally {
    await engine?.stop();
    if (engine) console.log('The private container engine was stopped');
    console.log('bitcoind: not run here (its nodes are btcd; no package holds bitcoind, only images do)');
  }
}

async function tests(env) {
  const node = existsSync(ownNode) ? ownNode : process.execPath;
  const jest = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
  ];
  const options = ['--selectProjects', 'e2e', '--runInBand', ...process.argv.slice(2)];
  return (
    (await run(node, ['tools/images/main.mjs', '--regtest'], env)) &&
    (await run(node, [...jest, ...options], env))
  );
}

/** Whether it ended well; nothing more is started once this was told to stop. */
function run(command, args, env = {}) {
  if (stopped) return false;
  return new Promise((done, failed) => {
    child = spawn(command, args, { cwd: repositoryRoot, env: { ...process.env, ...env }, stdio: 'inherit' });
    child.once('error', failed);
    child.once('exit', (code) => done(code === 0));
  });
}
