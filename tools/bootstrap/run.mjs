import { spawn } from 'node:child_process';

import { repositoryRoot } from './cache.mjs';

const children = new Set();

/** A step's own program ended badly; what it printed is the explanation. */
export class StepFailed extends Error {}

/** npm doesn't heed every signal; after this long it is killed. */
const patienceMs = 3000;

/**
 * Passes a signal on to the groups of all children (`go build` and `npm ci` have children of their own), and returns
 * when they are gone.
 * @param {NodeJS.Signals} signal
 */
export async function stopChildren(signal) {
  const tell = (what) => [...children].forEach(({ pid }) => process.kill(-pid, what));
  const gone = [...children].map((child) => new Promise((resolve) => child.once('exit', resolve)));
  tell(signal);
  const killer = setTimeout(tell, patienceMs, 'SIGKILL');
  await Promise.all(gone);
  clearTimeout(killer);
}

/**
 * Runs a program to its end, its output kept back and shown only when it fails, while a line counts the seconds.
 * @param {string} title what the line says
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 */
export function run(title, command, args, { cwd = repositoryRoot, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const output = [];
    child.stdout.on('data', (part) => output.push(part));
    child.stderr.on('data', (part) => output.push(part));
    const progress = startProgress(title);
    child.once('spawn', () => children.add(child));
    child.once('error', (error) => {
      progress.end('failed');
      reject(new StepFailed(`${command} can't be started: ${error.message}`));
    });
    child.once('exit', () => children.delete(child));
    child.once('close', (code, signal) => {
      progress.end(code === 0 ? 'done' : 'failed');
      if (code === 0) return resolve(undefined);
      const printed = Buffer.concat(output).toString('utf8').trimEnd();
      reject(
        new StepFailed(`${printed}\n${command} ${args.join(' ')} ended with ${signal ?? `code ${code}`}`),
      );
    });
  });
}

/** On a terminal the line is rewritten each second; in a log a new one comes every 15 seconds. */
function startProgress(title) {
  const isTerminal = process.stderr.isTTY === true;
  const start = Date.now();
  const line = () => `  ${title} ... ${Math.round((Date.now() - start) / 1000)} s`;
  const timer = setInterval(
    () => process.stderr.write(isTerminal ? `\r${line()}` : `${line()}\n`),
    isTerminal ? 1000 : 15_000,
  );
  if (!isTerminal) process.stderr.write(`  ${title} ...\n`);
  return {
    end(outcome) {
      clearInterval(timer);
      process.stderr.write(`${isTerminal ? '\r' : ''}${line()}, ${outcome}\n`);
    },
  };
}
