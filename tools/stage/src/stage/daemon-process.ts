/** One daemon as its own process, as an operator would run it; killed and started again at will. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createSeed } from '@tercet/journal';
import { connectDaemon, seedPath, tokenPath, type DaemonConnection } from '@tercet/daemon';
import { rpc } from '@tercet/protocol';
import { Fatal } from '@tercet/regtest';
import { untilTrue } from './wait.js';
import type { PartyName } from './layout.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../../..');
const APP: Record<PartyName, string> = {
  maker: 'maker-daemon',
  taker: 'taker-daemon',
  agent: 'escrow-agent',
};

export interface DaemonSpec {
  party: PartyName;
  /** Data folder: config, seed, journal, keys, log. */
  dir: string;
  listen: string;
  config: Record<string, unknown>;
  /** Variables on top of this process's. */
  env?: Record<string, string>;
}

export class DaemonProcess {
  private child: ChildProcess | undefined;
  private connection: DaemonConnection | undefined;
  private ended: Promise<number | null> = Promise.resolve(null);
  private readonly listeners = new Set<(line: string) => void>();

  private constructor(readonly spec: DaemonSpec) {}

  /** Writes configuration and seed; nothing runs yet. */
  static async prepare(spec: DaemonSpec): Promise<DaemonProcess> {
    await mkdir(spec.dir, { recursive: true, mode: 0o700 });
    const config = { dataDir: spec.dir, listen: spec.listen, ...spec.config };
    await writeFile(join(spec.dir, 'config.json'), JSON.stringify(config, null, 2), { mode: 0o600 });
    await createSeed(seedPath(spec.dir));
    return new DaemonProcess(spec);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }
  get isRunning(): boolean {
    return this.child !== undefined;
  }
  get logPath(): string {
    return join(this.spec.dir, 'daemon.log');
  }

  /** Starts the process; `ready` waits for it. */
  launch(): void {
    const main = join(ROOT, 'apps', APP[this.spec.party], 'dist', 'main.js');
    const child = spawn(process.execPath, [main, '--data-dir', this.spec.dir], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.spec.env },
    });
    const log = createWriteStream(this.logPath, { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    createInterface({ input: child.stdout }).on('line', (line) => {
      for (const listener of this.listeners) listener(line);
    });
    this.child = child;
    this.ended = new Promise((resolve) => {
      // Not at `exit`: what the process printed last may still be in the pipe.
      child.once('close', (code) => {
        if (this.child === child) this.child = undefined;
        log.end();
        resolve(code);
      });
    });
  }

  async start(): Promise<void> {
    this.launch();
    await this.ready();
  }

  /** Waits until the daemon says that it is ready; throws with the end of its log when it died. */
  async ready(): Promise<void> {
    await untilTrue(
      `the ${this.spec.party} daemon is ready`,
      async () => {
        if (!this.child) throw new Fatal(`the ${this.spec.party} daemon ended:\n${await this.logTail()}`);
        return this.answersReady();
      },
      { deadlineMs: 60_000, everyMs: 50 },
    );
  }

  private async answersReady(): Promise<boolean> {
    try {
      const { ready } = await (
        await this.client(rpc.DaemonServiceDefinition)
      ).getStatus({}, { deadlineMs: 2000 });
      return ready;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.disconnect();
      return false;
    }
  }

  /** Waits for the process to end by itself; its exit code. */
  exit(): Promise<number | null> {
    return this.ended;
  }

  /** SIGTERM; its exit code. */
  async stop(): Promise<number | null> {
    this.disconnect();
    this.child?.kill('SIGTERM');
    return this.ended;
  }

  /** SIGKILL, as a power cut would. */
  async kill(): Promise<void> {
    this.disconnect();
    this.child?.kill('SIGKILL');
    await this.ended;
  }

  /** Told of each line that the daemon prints, as soon as it does, over restarts too. Answers how to stop. */
  onLine(listener: (line: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** A client with the daemon's own admin token. */
  async client<D extends Parameters<DaemonConnection['client']>[0]>(definition: D) {
    this.connection ??= await connectDaemon({
      address: this.spec.listen,
      pin: { certPath: join(this.spec.dir, 'tls.cert') },
      token: (await readFile(tokenPath(this.spec.dir, 'admin'), 'utf8')).trim(),
    });
    return this.connection.client(definition);
  }

  async logTail(lines = 15): Promise<string> {
    return (await readFile(this.logPath, 'utf8')).trimEnd().split('\n').slice(-lines).join('\n');
  }

  private disconnect(): void {
    this.connection?.close();
    this.connection = undefined;
  }
}
