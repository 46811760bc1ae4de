/** One daemon of the stage: the real core on a real SQLite journal and an in-memory node. It may die at any commit and start again. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  deriveKey,
  openJournal,
  type Commit,
  type CommitResult,
  type Journal,
  type Seed,
} from '@tercet/journal';
import type { MemoryLightning, MemoryNode } from '@tercet/lightning';
import type { Contact, Envelope, Message, Role, rpc, TradeData, TradeId } from '@tercet/protocol';
import { TercetError } from '@tercet/protocol';
import { createCore, type Core } from '../core.js';
import type { TradeView } from '../executor/port.js';
import { errorsOnly, NO_METRICS } from '../observe/index.js';
import type { PeerLink } from '../peers/outbox.js';
import type { FastClock } from './fast-clock.js';
import { Life } from './life.js';
import { TimerJobs } from './timer-jobs.js';

export interface World {
  folder: string;
  clock: FastClock;
  lightning: MemoryLightning;
  /** Carries a message to whoever listens at that contact. */
  link: (from: Role, contact: Contact) => PeerLink;
  /** Told after every step, every try of an effect, and every start. */
  changed: () => void;
}

/** Whether the process ends around its nth try to commit, counted from 1; it starts again at once. */
export type Dying = (commit: number) => 'before' | 'after' | undefined;

const STREAM_RETRY_MS = 5;
const SEED_BYTES = 64;

export class StageDaemon {
  readonly node: MemoryNode;
  readonly contact: Contact;
  readonly seed: Seed;
  /** What it logged as an error: nothing, in a world where only the ordered faults happen. */
  readonly errors: string[] = [];
  /** Trades as they were last heard of. */
  readonly seen = new Map<TradeId, TradeView>();
  commits = 0;
  crashes = 0;
  /** From the next start on. */
  satsPerHour = 5_000_000;
  dying: Dying = () => undefined;
  private life = new Life();
  private raw: Journal | undefined;
  private running: Core | undefined;
  private jobs: TimerJobs | undefined;
  private coming: Promise<void> | undefined;

  constructor(
    readonly role: Role,
    private readonly world: World,
    private readonly begin: (message: Message, self: StageDaemon) => Promise<TradeData>,
  ) {
    this.node = world.lightning.node(role);
    this.contact = { address: `${role}.stage:9740`, certFingerprint: 'ab'.repeat(32) };
    this.seed = new Uint8Array(SEED_BYTES).fill(role.length + role.charCodeAt(0));
  }

  get isUp(): boolean {
    return this.running !== undefined;
  }

  get core(): Core {
    if (!this.running) throw unreachable(this.role);
    return this.running;
  }

  /** The journal itself, whatever becomes of the daemon. */
  get journal(): Journal {
    if (!this.raw) throw unreachable(this.role);
    return this.raw;
  }

  async start(): Promise<void> {
    const folder = join(this.world.folder, this.role);
    await mkdir(folder, { recursive: true });
    const life = new Life();
    const raw = await openJournal({
      url: `sqlite:${join(folder, 'journal.db')}`,
      key: deriveKey(this.seed, 'journal'),
    });
    const core = createCore({
      config: {
        role: this.role,
        dataDir: folder,
        reconcileSeconds: 60,
        ceilings: { satsPerHour: this.satsPerHour, messagesPerMinute: 1, newTradesPerMinute: 1 },
      },
      seed: this.seed,
      journal: life.hold(raw, { commit: (commit: Commit) => this.commit(raw, commit) }),
      node: { lightning: life.hold(this.node), tip: this.world.lightning.tip },
      begin: (message) => this.begin(message, this),
      logger: errorsOnly((text) => this.errors.push(text)),
      metrics: { ...NO_METRICS, effect: () => this.world.changed() },
      link: (contact) => Promise.resolve(life.hold(this.world.link(this.role, contact))),
      startJobs: async (options) => {
        const jobs = new TimerJobs(options, this.world.clock);
        this.jobs = jobs;
        await jobs.rebuild();
        return jobs;
      },
      nowMs: this.world.clock.now,
      streamRetryMs: STREAM_RETRY_MS,
    });
    this.life = life;
    this.raw = raw;
    core.trades.onChange(({ trade }) => {
      this.seen.set(trade.tradeId, trade);
      this.world.changed();
    });
    for await (const view of core.trades.newest()) this.seen.set(view.tradeId, view);
    await Promise.race([core.start(), life.over]);
    if (life.isOver) return;
    this.running = core;
    this.world.changed();
  }

  /** A shutdown as it should be. */
  async stop(): Promise<void> {
    await this.coming;
    await this.running?.close();
    this.running = undefined;
    await this.raw?.close();
    this.raw = undefined;
  }

  /** kill -9, and nothing after it. */
  async crash(): Promise<void> {
    this.die();
    await this.raw?.close();
    this.raw = undefined;
  }

  /** What queues do once a minute. */
  async reconcile(): Promise<void> {
    await this.jobs?.reconcile();
  }

  /** Its queue is gone until `queueComesBack`. */
  queueGoes(): void {
    this.jobs?.goDark();
  }

  async queueComesBack(): Promise<void> {
    await this.jobs?.comeBack();
  }

  /** As over the wire: an answer, an error, or the connection breaks because the process died. */
  async take(envelope: Envelope): Promise<rpc.Receipt> {
    const { core, life } = this;
    return Promise.race([
      core.inbox.take(envelope),
      life.over.then(() => {
        throw unreachable(this.role);
      }),
    ]);
  }

  /** A person's press of a button: nothing comes of it where the process dies meanwhile. */
  async press(work: (core: Core) => Promise<unknown>): Promise<void> {
    if (this.running) await Promise.race([work(this.running), this.life.over]);
  }

  private async commit(raw: Journal, commit: Commit): Promise<CommitResult> {
    this.commits += 1;
    const when = this.dying(this.commits);
    if (when === 'before') {
      this.dieAndComeBack();
      // Nobody hears this any more.
      return { result: 'conflict' };
    }
    const answer = await raw.commit(commit);
    if (when === 'after') this.dieAndComeBack();
    return answer;
  }

  private dieAndComeBack(): void {
    this.coming = this.crash().then(() => this.start());
  }

  private die(): void {
    this.crashes += 1;
    this.life.kill();
    this.jobs?.kill();
    this.running = undefined;
  }
}

export const unreachable = (role: Role): TercetError =>
  new TercetError('PEER_UNREACHABLE', `The ${role} can not be reached.`, { wayOut: 'It is tried again.' });
