// `npm run test:compose`: the compose files of docker/ with images of our own, on a regtest network: all three daemons
// as an operator runs them, then one trader's. Uses the engine that answers, or starts one for the time of the run.
// Needs root: the secrets are owned by who reads them.
import { spawnSync } from 'node:child_process';
import { chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { repositoryRoot } from '../bootstrap/cache.mjs';
import { engineAnswers, startEngine } from '../bootstrap/engine.mjs';
import { images } from '../images/names.mjs';
import { composes, Project } from './project.mjs';

const name = 'tercet-compose-test';
const operatorFiles = ['compose.yaml', 'compose.regtest.yaml'];
const traderFiles = ['compose.trader.yaml', 'compose.lnd-network.yaml'];
const daemons = ['maker', 'taker', 'agent'];
const services = [
  'postgres',
  'redis',
  'btcd',
  'lnd-maker',
  'lnd-taker',
  'lnd-agent',
  'lnd-router',
  ...daemons,
];
/** The user in the daemons' images, and in our own PostgreSQL's. */
const user = 1000;

let isStopped = false;
const projects = [];
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    isStopped = true;
    for (const project of projects) project.kill(signal);
  });
}

const totals = { passed: 0, failed: 0 };
try {
  await main();
} catch (error) {
  totals.failed += 1;
  console.error(error.message);
}
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed === 0 ? 0 : 1;

async function main() {
  if (process.getuid?.() !== 0)
    throw new Error('Only root can give the secrets to their readers: run this as root.');
  program(process.execPath, ['tools/bootstrap/main.mjs', '--engine']);
  if (composes().every(({ version }) => version === undefined)) installCompose();
  const engine = engineAnswers() ? undefined : await startEngine();
  console.log(
    `Container engine: ${engine ? 'none answers, a private one was started' : 'the one that answers here'}`,
  );
  if (engine) process.env.DOCKER_HOST = engine.host;
  try {
    program(process.execPath, ['tools/images/main.mjs', '--regtest']);
    for (const { name, command, version } of composes()) {
      if (version === undefined) continue;
      console.log(`\n== ${name} (${version})`);
      await withFolder((folder) => withCompose(command, folder));
    }
  } finally {
    await engine?.stop();
  }
  console.log('');
  for (const { name, version } of composes()) {
    console.log(`${name}: ${version === undefined ? 'not run here' : `run, version ${version}`}`);
  }
  console.log('bitcoind: not run here (only its profile was read; it comes as an image alone)');
}

function installCompose() {
  console.log('No compose is here: installing docker-compose');
  program('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'docker-compose']);
}

/** Runs a program in the repository. Throws where it fails. */
function program(command, args, cwd = repositoryRoot, env = {}) {
  if (isStopped) throw new Error('stopped');
  const { status, error } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? `ended with code ${status}`}`);
}

/** The compose files in a folder of their own: an operator's secrets and .env beside the originals stay out of it. */
async function withFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  const docker = join(repositoryRoot, 'docker');
  const own = ['secrets', 'lnd', '.env'].map((one) => join(docker, one));
  try {
    cpSync(docker, folder, { recursive: true, filter: (path) => !own.includes(path) });
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withCompose(compose, folder) {
  const [maker, taker, agent, trader] = await freePorts(4);
  const local = { REDIS_IMAGE: images.redis, POSTGRES_IMAGE: images.postgres, POSTGRES_UID: String(user) };
  const operator = new Project({
    compose,
    folder,
    name,
    files: operatorFiles,
    env: { ...local, MAKER_PORT: maker, TAKER_PORT: taker, AGENT_PORT: agent },
    isStopped: () => isStopped,
  });
  const single = new Project({
    compose,
    folder,
    name: `${name}-trader`,
    files: traderFiles,
    env: {
      ...local,
      TERCET_ROLE_IMAGE: images['taker-daemon'],
      PUBLIC_ADDRESS: trader,
      PORT: trader,
      PORT_INSIDE: '10201',
      LND_DIR: './lnd',
      LND_SOCKET: 'lnd-router:10009',
      LND_NETWORK: `${name}_default`,
    },
    isStopped: () => isStopped,
  });
  // The trader goes first: its daemon is in the network of the others.
  const downInOrder = async () => {
    await single.down();
    await operator.down();
  };
  projects.push(operator, single);
  await downInOrder();
  try {
    program('sh', ['secrets.sh'], folder, local);
    if (await all(operatorChecks(operator))) await all(traderChecks(single, operator, folder));
  } finally {
    await check('down: containers, networks and volumes are gone', async () => {
      await downInOrder();
      const filter = `label=com.docker.compose.project=${name}`;
      for (const what of [
        ['ps', '--all'],
        ['volume', 'ls'],
        ['network', 'ls'],
      ]) {
        const { stdout } = spawnSync('docker', [...what, '--quiet', '--filter', filter], {
          encoding: 'utf8',
        });
        if (stdout !== '') throw new Error(`left behind: docker ${what.join(' ')}\n${stdout}`);
      }
    });
    projects.length = 0;
  }
}

function operatorChecks(operator) {
  let before;
  return [
    [
      'the profile bitcoind names its service',
      async () => {
        const listed = await operator.run('--profile', 'bitcoind', 'config', '--services');
        if (!listed.split('\n').includes('bitcoind')) throw new Error(listed);
      },
    ],
    ['up', () => operator.run('up', '-d')],
    ...services.map((service) => [`${service} is healthy`, () => operator.healthy(service)]),
    ...daemons.map((role) => [
      `tercet status in ${role}`,
      async () => {
        const status = await statusOf(operator, role);
        if (role === 'maker') before = status;
      },
    ]),
    [
      'a new container of the maker keeps its keys and serves',
      async () => {
        await operator.run('up', '-d', '--no-deps', '--force-recreate', 'maker');
        await operator.healthy('maker');
        const { identityKey } = await statusOf(operator, 'maker');
        if (identityKey !== before.identityKey)
          throw new Error(`${identityKey}, before ${before.identityKey}`);
      },
    ],
    [
      'pg_dump of a journal',
      async () => {
        const dump = await operator.run('exec', '-T', 'postgres', 'pg_dump', '-U', 'tercet', 'maker');
        if (!dump.includes('PostgreSQL database dump complete')) throw new Error(dump.slice(-300));
      },
    ],
  ];
}

function traderChecks(single, operator, folder) {
  return [
    [
      "lnd's certificate and macaroon in a folder of the trader's",
      async () => {
        const lnd = join(folder, 'lnd');
        mkdirSync(lnd);
        const container = (await operator.run('ps', '-q', 'lnd-router')).trim();
        const from = {
          'tls.cert': 'tls.cert',
          'tercet.macaroon': 'data/chain/bitcoin/regtest/admin.macaroon',
        };
        for (const [to, path] of Object.entries(from)) {
          program('docker', ['cp', `${container}:/lnd/${path}`, join(lnd, to)]);
          chownSync(join(lnd, to), user, user);
        }
      },
    ],
    [
      'tercet init of a trader shows 24 words',
      async () => {
        const shown = await single.run('run', '--rm', '-T', 'trader', 'tercet', 'init', '--no-input');
        if (!/\b24 \w+/.test(shown)) throw new Error(shown);
      },
    ],
    ['up of a trader', () => single.run('up', '-d')],
    ['trader is healthy', () => single.healthy('trader')],
    ['tercet status in trader', () => statusOf(single, 'trader')],
  ];
}

async function statusOf(project, service) {
  const status = JSON.parse(await project.run('exec', '-T', service, 'tercet', '--json', 'status'));
  if (status.ready !== true || status.lightning?.synced !== true) throw new Error(JSON.stringify(status));
  return status;
}

/** Runs checks up to the first that fails: those after it would only repeat why. */
async function all(checks) {
  for (const [title, work] of checks) if (!(await check(title, work))) return false;
  return true;
}

async function check(title, work) {
  const start = Date.now();
  try {
    await work();
    totals.passed += 1;
    console.log(`  ok    ${title} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
    return true;
  } catch (error) {
    totals.failed += 1;
    console.log(`  FAIL  ${title}\n${error.message}`);
    return false;
  }
}

/** As many ports of the loopback that nobody listens on, all different: `127.0.0.1:PORT`. */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer());
  const opened = (server) =>
    new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address())));
  const addresses = await Promise.all(servers.map(opened));
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return addresses.map(({ address, port }) => `${address}:${port}`);
}
