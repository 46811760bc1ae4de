import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { delimiter, join } from 'node:path';

import { Fatal } from './wait.js';

/** How long an orderly stop may take before the process is killed. */
const stopDeadlineMs = 30_000;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A node that was started, whatever it runs in. */
export interface Running {
  readonly pid: number;
  readonly hasEnded: boolean;
  /** Throws, with the end of its log, when it is gone: whoever waits for it needn't wait on. */
  assertRunning(): void;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** A node's process, its output in a file. It can't outlive the process that started it. */
export class Child implements Running {
  private constructor(
    private readonly name: string,
    private readonly process: ChildProcess,
    private readonly logPath: string,
    readonly pid: number,
  ) {}

  static async start(name: string, binary: string, args: readonly string[], logPath: string): Promise<Child> {
    const log = openSync(logPath, 'a');
    const [command, ...prefix] = commandOf(binary);
    const child = spawn(command, [...prefix, ...args], { stdio: ['ignore', log, log] });
    closeSync(log);
    running.add(child);
    child.once('exit', () => running.delete(child));
    await once(child, 'spawn');
    if (child.pid === undefined) throw new Error(`${name} got no process id`);
    return new Child(name, child, logPath, child.pid);
  }

  get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  assertRunning(): void {
    if (!this.hasEnded) return;
    const tail = readFileSync(this.logPath, 'utf8').split('\n').slice(-15).join('\n');
    const how = this.process.signalCode ?? `code ${String(this.process.exitCode)}`;
    throw new Fatal(`${this.name} ended (${how}); its last lines in ${this.logPath}:\n${tail}`);
  }

  async stop(): Promise<void> {
    const killer = setTimeout(() => this.process.kill('SIGKILL'), stopDeadlineMs);
    await this.end('SIGTERM').finally(() => {
      clearTimeout(killer);
    });
  }

  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.hasEnded) return;
    const exit = once(this.process, 'exit');
    this.process.kill(signal);
    await exit;
  }
}

/**
 * The command that makes the kernel kill the child when its parent dies, however it dies. `setpriv` is part of
 * every Linux; elsewhere the exit handler above covers all but a killed parent.
 */
function commandOf(binary: string): [string, ...string[]] {
  if (process.platform !== 'linux') return [binary];
  const setpriv = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'setpriv'))
    .find(isExecutable);
  return setpriv === undefined ? [binary] : [setpriv, '--pdeathsig', 'KILL', binary];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
