// `npm run test:e2e`: the end-to-end tests on what E2E_BACKEND names: containers (default) or processes; it is printed,
// and nothing else is tried instead. `npm run test:containers` names containers: it uses the engine that answers, or starts
// one for the time of the run where this is root. Further arguments go to jest.
import { spawn } from 'node:child_process';

import { repositoryRoot } from '../bootstrap/cache.mjs';
import { engineAnswers, startEngine } from '../bootstrap/engine.mjs';
import { node } from '../bootstrap/own-node.mjs';
import { ask } from './docker.mjs';
import { bitcoindImage } from './names.mjs';

/** What is cut off, upgraded or looked at there is a container. */
const containersOnly = ['kill-and-cut', 'rolling-upgrade'];

let child;
let stopped = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    stopped = true;
    child?.kill(signal);
  });
}

const backends = { containers: inContainers, processes: asProcesses };
const backend = process.env.E2E_BACKEND ?? 'containers';
if (Object.hasOwn(backends, backend)) process.exitCode = (await backends[backend]()) ? 0 : 1;
else {
  console.error(`E2E_BACKEND is "${backend}"; it must be one of ${Object.keys(backends).join(', ')}`);
  process.exitCode = 1;
}

async function asProcesses() {
  console.log(`Back end: processes. Only with containers: ${containersOnly.join(', ')}`);
  const without = ['--testPathIgnorePatterns', `(${containersOnly.join('|')})\\.e2e\\.test\\.ts$`];
  return (
    (await run(process.execPath, ['tools/bootstrap/main.mjs'])) &&
    jest({ E2E_BACKEND: 'processes' }, [...without, '/node_modules/'])
  );
}

async function inContainers() {
  if (!(await run(process.execPath, ['tools/bootstrap/main.mjs', '--engine']))) return false;
  const engine = engineAnswers() ? undefined : await startEngine();
  if (engine === undefined) console.log('Container engine: the one that answers here');
  else console.log('Container engine: none answers, a private one was started; it is stopped at the end');
  // For every child of this process, docker itself among them.
  if (engine !== undefined) process.env.DOCKER_HOST = engine.host;
  const hasBitcoind = ask('image', 'inspect', bitcoindImage) !== undefined;
  try {
    const chains = { E2E_CHAINS: hasBitcoind ? 'btcd,bitcoind' : 'btcd', BITCOIND_IMAGE: bitcoindImage };
    const env = { E2E_BACKEND: 'containers', ...chains };
    return (await run(node(), ['tools/images/main.mjs', '--regtest'])) && (await jest(env, []));
  } finally {
    await engine?.stop();
    if (engine) console.log('The private container engine was stopped');
    if (hasBitcoind) console.log(`bitcoind: the chain's contract ran on ${bitcoindImage} too`);
    else {
      console.log(
        `bitcoind: not run here (this engine has no image ${bitcoindImage}, and no package holds bitcoind; the chain's contract ran on btcd)`,
      );
    }
  }
}

function jest(env, options) {
  const args = [
    ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
    'node_modules/jest/bin/jest.js',
    ...['--selectProjects', 'e2e', '--runInBand', ...process.argv.slice(2), ...options],
  ];
  return run(node(), args, env);
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
