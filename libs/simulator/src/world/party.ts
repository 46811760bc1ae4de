/** One party: the daemon's real core on its journal and its node. It may die at any commit and come back. */
import { createCore, errorsOnly, NO_METRICS, type Core, type TradeView } from '@tercet/daemon';
import type { Commit, CommitResult, Journal } from '@tercet/journal';
import type { MemoryNode } from '@tercet/lightning';
import type { Envelope, Role, rpc, TradeId } from '@tercet/protocol';
import { Begin } from './begin.js';
import type { Disk } from './disk.js';
import { never, Process } from './life.js';
import { nodePort } from './node-port.js';
import { contactOf, seedOf } from './scene.js';
import { SimJobs } from './sim-jobs.js';
import type { Death, Life, Party, Turn, World } from './port.js';
import { unreachable } from './unreachable.js';

/** What comes in a minute isn't what is looked at here. */
const UNBOUNDED = 100_000_000;
/** A daemon whose node doesn't answer is started again once it does. */
const START_AGAIN_MS = 60_000;

/** Whoever dies in the middle of it never says that it is done. */
const unlessOver = (life: Life, work: Promise<void>): Promise<void> =>
  Promise.race([
    work,
    new Promise<void>((resolve) => {
      life.onEnd(resolve);
    }),
  ]);

export class SimParty implements Party {
  readonly contact = contactOf;
  /** Trades as they stood after their last commit. */
  readonly views = new Map<TradeId, TradeView>();
  /** What it logged as an error: a fault of its own, whatever else went wrong. */
  readonly errors: string[] = [];
  commits = 0;
  crashes = 0;
  looks = 0;
  /** When its node last came up. */
  cameUpMs = Number.NEGATIVE_INFINITY;
  readonly deaths: Death[] = [];
  readonly turns: Turn[] = [];
  /** It has left for good. */
  isGone = false;
  private life: Life | undefined;
  private running: Core | undefined;
  private jobs: SimJobs | undefined;
  private journal: Journal | undefined;

  constructor(
    readonly role: Role,
    readonly node: MemoryNode,
    readonly disk: Disk,
    private readonly world: World,
  ) {}

  get isUp(): boolean {
    return this.running !== undefined;
  }

  get core(): Core | undefined {
    return this.running;
  }

  async start(): Promise<void> {
    if (this.running || this.isGone) return;
    if (this.node.faults.down) {
      const again = () => this.world.later(START_AGAIN_MS, `${this.role} starts`, () => this.start());
      this.world.whenUp(this.node, again);
      return;
    }
    const { world } = this;
    const life = new Process(world);
    const journal = await this.disk.open(life);
    const core = createCore({
      config: {
        role: this.role,
        dataDir: '/nowhere',
        reconcileSeconds: 60,
        ceilings: {
          satsPerHour: world.satsPerHour,
          messagesPerMinute: UNBOUNDED,
          newTradesPerMinute: UNBOUNDED,
        },
      },
      seed: seedOf(this.role),
      journal: life.hold({ ...journal, commit: (commit: Commit) => this.commit(journal, life, commit) }),
      node: {
        lightning: nodePort(this.node, life, world),
        tip: world.network.tipAt(this.node.height),
      },
      begin: (message) => Begin[this.role](message, this, world),
      logger: errorsOnly((text) => this.errors.push(text)),
      metrics: NO_METRICS,
      link: (contact) => Promise.resolve(world.mail.link(this, life, contact)),
      startJobs: async (options) => {
        this.jobs = new SimJobs(options, life, world);
        await this.jobs.rebuild();
        return this.jobs;
      },
      nowMs: () => world.nowMs,
      // Who is away here is dead. Hours in which nothing is due are passed over at once, and nobody sleeps in them.
      asleepMs: Number.POSITIVE_INFINITY,
      pause: (ms) => this.pause(life, ms),
    });
    this.life = life;
    this.journal = journal;
    core.trades.onChange((change) => {
      this.views.set(change.trade.tradeId, change.trade);
      world.stepped(this, change);
    });
    for await (const view of core.trades.newest()) this.views.set(view.tradeId, view);
    this.running = core;
    world.goesOn();
    // It may die at a commit of its very start.
    await unlessOver(life, core.start());
  }

  /** kill -9; it comes back after a while, unless it has left for good. */
  async crash(awayMs: number): Promise<void> {
    if (!this.life || this.life.isOver) return;
    this.crashes += 1;
    const { world, role } = this;
    const from = this.node.height;
    this.life.end();
    this.running = undefined;
    const { journal } = this;
    this.journal = undefined;
    if (journal) await this.disk.leave(journal);
    world.later(awayMs, `${role} comes back`, async () => {
      world.log.outages.push({ role, of: 'daemon', from, until: this.node.height });
      await this.start();
    });
  }

  /** The disk is let go; nothing is looked at afterwards. */
  async end(): Promise<void> {
    this.life?.end();
    if (this.journal) await this.disk.leave(this.journal);
    this.running = undefined;
  }

  async reconcile(): Promise<void> {
    const { life, jobs, running } = this;
    if (running) this.looks += 1;
    if (running && life && jobs) await unlessOver(life, jobs.reconcile());
  }

  /** As over the wire: an answer, an error, or the connection breaks because the process died. */
  receive(envelope: Envelope): Promise<rpc.Receipt> {
    const { running, life, role } = this;
    if (!running || !life) return Promise.reject(unreachable(role));
    return new Promise((resolve, reject) => {
      life.onEnd(() => reject(unreachable(role)));
      running.inbox.take(envelope).then(resolve, reject);
    });
  }

  /** A node that is down can't be heard again before it is up. */
  private pause(life: Life, ms: number): Promise<void> {
    const { node, world } = this;
    return new Promise((resolve) => {
      const wait = () => life.later(ms, 'a stream is taken up again', resolve);
      if (node.faults.down) world.whenUp(node, wait);
      else wait();
    });
  }

  private async commit(journal: Journal, life: Life, commit: Commit): Promise<CommitResult> {
    this.commits += 1;
    const death = this.deaths.find((one) => one.commit === this.commits);
    if (death?.when === 'before') {
      this.dieHere(death);
      return never();
    }
    const answer = await journal.commit(commit);
    for (const turn of this.turns) if (turn.commit === this.commits) turn.happens();
    if (life.isOver) return never();
    if (death) {
      this.dieHere(death);
      return never();
    }
    return answer;
  }

  private dieHere({ awayMs }: Death): void {
    this.world.note(`${this.role} dies at commit ${this.commits}`);
    this.world.soon(this.crash(awayMs));
  }
}
