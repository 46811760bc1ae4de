// One compose project: its files, its variables, and what is asked of it.
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

/** The composes that there are, and how to see whether one is here. */
const known = [
  { name: 'compose v2', command: ['docker', 'compose'] },
  { name: 'docker-compose 1.29', command: ['docker-compose'] },
];

/** What each compose says of its version; undefined where it isn't here. */
export const composes = () =>
  known.map(({ name, command: [program, ...first] }) => {
    const { status, stdout } = spawnSync(program, [...first, 'version', '--short'], { encoding: 'utf8' });
    return { name, command: [program, ...first], version: status === 0 ? stdout.trim() : undefined };
  });

const healthyMs = 90_000;

export class Project {
  #command;
  #name;
  #folder;
  #env;
  #isStopped;
  #child;

  /**
   * @param {{ compose: string[], name: string, files: string[], folder: string, env: Record<string, string>, isStopped: () => boolean }} spec
   *   `folder` holds the files; nothing but `down` is started once `isStopped`
   */
  constructor({ compose, name, files, folder, env, isStopped }) {
    this.#command = [...compose, '-p', name, ...files.flatMap((file) => ['-f', file])];
    this.#name = name;
    this.#folder = folder;
    this.#env = env;
    this.#isStopped = isStopped;
  }

  /** Runs compose and gives back what it prints on stdout. Throws with all that it printed where it fails. */
  run(...args) {
    if (this.#isStopped()) throw new Error('stopped');
    return this.#run(args);
  }

  /** Ends what runs now. */
  kill(signal) {
    this.#child?.kill(signal);
  }

  /** Removes containers, networks and volumes; those of a run that was killed too. Nothing here is worth a long wait. */
  down() {
    return this.#run(['down', '--volumes', '--remove-orphans', '--timeout', '5']);
  }

  /** Waits until a service's container counts as healthy. Throws with its last words where that takes too long. */
  async healthy(service) {
    const end = Date.now() + healthyMs;
    for (;;) {
      const state = await this.#health(service);
      if (state === 'healthy') return;
      if (Date.now() > end) throw new Error(`${service} is ${state}:\n${await this.#lastWords(service)}`);
      await pause(500);
    }
  }

  async #health(service) {
    if (this.#isStopped()) throw new Error('stopped');
    // By labels, which every compose sets: compose itself takes a second for the same answer.
    const { stdout } = await this.#start('docker', [
      ...['ps', '--all', '--format', '{{.Status}}'],
      ...['--filter', `label=com.docker.compose.project=${this.#name}`],
      ...['--filter', `label=com.docker.compose.service=${service}`],
    ]);
    const status = stdout.trim();
    return status.endsWith('(healthy)') ? 'healthy' : status || 'not there';
  }

  #lastWords(service) {
    return this.#run(['logs', '--no-color', '--tail', '8', service]);
  }

  async #run(args) {
    const [program, ...first] = this.#command;
    const { code, stdout, stderr } = await this.#start(program, [...first, ...args]);
    if (code === 0) return stdout;
    throw new Error(`compose ${args.join(' ')} ended with code ${code}\n${stdout}${stderr}`.trimEnd());
  }

  #start(program, args) {
    return new Promise((done, failed) => {
      const child = spawn(program, args, {
        cwd: this.#folder,
        env: { ...process.env, ...this.#env },
        stdio: ['ignore', 'pipe', 'pipe'],
        // Ctrl-C is for the test, which takes everything down in order.
        detached: true,
      });
      this.#child = child;
      const printed = { stdout: '', stderr: '' };
      for (const stream of ['stdout', 'stderr']) {
        child[stream].setEncoding('utf8').on('data', (part) => (printed[stream] += part));
      }
      child.once('error', failed);
      child.once('close', (code) => done({ code, ...printed }));
    });
  }
}
