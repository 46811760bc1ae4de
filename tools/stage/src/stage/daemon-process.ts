/** One daemon on its own, as an operator would run it; killed and started again at will. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSeed } from '@tercet/journal';
import { connectDaemon, seedPath, tokenPath, type DaemonConnection } from '@tercet/daemon';
import { rpc } from '@tercet/protocol';
import { Fatal } from '@tercet/regtest';
import type { DaemonBackend, DaemonSpec, Launched } from './backend.js';
import { processes } from './processes.js';
import { clientOf, type Daemon } from './reachable.js';
import { untilTrue } from './wait.js';

export class DaemonProcess implements Daemon {
  private launched: Launched | undefined;
  /** Shared by all who call at the same time. */
  private connection: Promise<DaemonConnection> | undefined;
  private ended: Promise<number | null> = Promise.resolve(null);
  private readonly listeners = new Set<(line: string) => void>();

  private constructor(
    readonly spec: DaemonSpec,
    private readonly backend: DaemonBackend,
  ) {}

  /** Writes configuration and seed; nothing runs yet. */
  static async prepare(spec: DaemonSpec, backend: DaemonBackend = processes): Promise<DaemonProcess> {
    await mkdir(spec.dir, { recursive: true, mode: 0o700 });
    const config = { dataDir: spec.dir, listen: spec.listen, ...spec.config };
    await writeFile(join(spec.dir, 'config.json'), JSON.stringify(config, null, 2), { mode: 0o600 });
    await createSeed(seedPath(spec.dir));
    await backend.prepare(spec);
    return new DaemonProcess(spec, backend);
  }

  get pid(): number | undefined {
    return this.launched?.pid;
  }
  get isRunning(): boolean {
    return this.launched !== undefined;
  }
  get logPath(): string {
    return join(this.spec.dir, 'daemon.log');
  }

  /** Starts it; `ready` waits for it. */
  launch(): void {
    const launched = this.backend.launch(this.spec, this.logPath, (line) => {
      for (const listener of this.listeners) listener(line);
    });
    this.launched = launched;
    this.ended = launched.ended.then((code) => {
      if (this.launched === launched) this.launched = undefined;
      return code;
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
        if (!this.launched) throw new Fatal(`the ${this.spec.party} daemon ended:\n${await this.logTail()}`);
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
      await this.disconnect();
      return false;
    }
  }

  /** Waits for it to end by itself; its exit code. */
  exit(): Promise<number | null> {
    return this.ended;
  }

  /** SIGTERM; its exit code. */
  async stop(): Promise<number | null> {
    await this.disconnect();
    this.launched?.signal('SIGTERM');
    return this.ended;
  }

  /** SIGKILL, as a power cut would. */
  async kill(): Promise<void> {
    await this.disconnect();
    this.launched?.signal('SIGKILL');
    await this.ended;
  }

  /** Told of each line that the daemon prints, as soon as it does, over restarts too. Answers how to stop. */
  onLine(listener: (line: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** A client with the daemon's own admin token. */
  async client<D extends Parameters<DaemonConnection['client']>[0]>(definition: D) {
    this.connection ??= this.connect();
    return clientOf(await this.connection, definition);
  }

  /** Until its first start a daemon has no certificate: what fails is tried again by the next call. */
  private async connect(): Promise<DaemonConnection> {
    try {
      return await connectDaemon({
        address: this.spec.listen,
        pin: { certPath: join(this.spec.dir, 'tls.cert') },
        token: (await readFile(tokenPath(this.spec.dir, 'admin'), 'utf8')).trim(),
      });
    } catch (error) {
      this.connection = undefined;
      throw error;
    }
  }

  async logTail(lines = 15): Promise<string> {
    return (await readFile(this.logPath, 'utf8')).trimEnd().split('\n').slice(-lines).join('\n');
  }

  private async disconnect(): Promise<void> {
    const open = this.connection;
    this.connection = undefined;
    await open?.then(
      (connection) => connection.close(),
      () => undefined,
    );
  }
}
