// A container engine: the one that answers, or a private one for the time of a test run.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { cacheRoot } from './cache.mjs';

/** busybox is the shell of the images that are made here. */
export const enginePackages = ['docker.io', 'iptables', 'busybox-static'];

/** Whether an engine answers where DOCKER_HOST, or the default, says. */
export const engineAnswers = (env = process.env) =>
  spawnSync('docker', ['info', '--format', '{{.ServerVersion}}'], { env, stdio: 'ignore' }).status === 0;

/** Whether one of our own could be started. */
export const engineInstalled = () => ['docker', 'dockerd', 'iptables', 'busybox'].every(isProgram);

const isProgram = (name) =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'].some((folder) =>
    existsSync(join(folder, name)),
  );

const readyMs = 30_000;
const prefix = 'tercet-engine-';

/** Stops the engine of a run that was killed. Throws where one of a run that is alive holds the images. */
async function stopLeftovers() {
  for (const name of readdirSync(tmpdir()).filter((one) => one.startsWith(prefix))) {
    const folder = join(tmpdir(), name);
    const pidFile = join(folder, 'dockerd.pid');
    const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : undefined;
    if (pid === undefined || !isAlive(pid)) continue;
    if (isAlive(Number(name.slice(prefix.length)))) {
      throw new Error(
        `Another run has its engine up. Wait for it, or share it: DOCKER_HOST=unix://${folder}/docker.sock`,
      );
    }
    process.kill(pid, 'SIGTERM');
    while (isAlive(pid)) await pause(100);
    rmSync(folder, { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

/**
 * Starts an engine of one's own: its images are kept in the cache between runs, everything else in a temporary folder.
 * It leaves the machine's firewall and forwarding alone, and publishes ports on the loopback only. Needs root.
 * @returns {Promise<{ host: string, stop: () => Promise<void> }>} `host` is for DOCKER_HOST
 */
export async function startEngine() {
  await stopLeftovers();
  const folder = join(tmpdir(), `${prefix}${process.pid}`);
  const data = join(cacheRoot(process.env), 'engine');
  for (const path of [folder, data]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const host = `unix://${join(folder, 'docker.sock')}`;
  const log = join(folder, 'dockerd.log');
  const pidFile = join(folder, 'dockerd.pid');
  const args = [
    ...['--data-root', data, '--exec-root', join(folder, 'exec'), '--pidfile', pidFile, '--host', host],
    ...['--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false', '--ip=127.0.0.1'],
    ...[
      '--bip=172.31.255.1/24',
      '--default-address-pool',
      'base=172.31.0.0/17,size=24',
      '--log-level',
      'warn',
    ],
  ];
  const output = openSync(log, 'a');
  // A group of its own: Ctrl-C ends the tests first, and those stop it when their containers are gone.
  const child = spawn('dockerd', args, { detached: true, stdio: ['ignore', output, output] });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  let failure;
  child.once('error', (error) => {
    failure = error;
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null && failure === undefined) {
      process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGTERM');
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const end = Date.now() + readyMs;
  while (!engineAnswers({ ...process.env, DOCKER_HOST: host })) {
    if (failure !== undefined || child.exitCode !== null || Date.now() > end) {
      const last = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
      if (child.exitCode === null && failure === undefined) child.kill('SIGTERM');
      throw new Error(`A container engine of our own can't be started: ${failure?.message ?? last}`);
    }
    await pause(100);
  }
  return { host, stop };
}
