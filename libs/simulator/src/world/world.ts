/**
 * Maker, taker and agent with all that is around them, on a virtual clock. What happens next is the earliest happening of
 * the agenda; how long each takes, and what goes wrong, is drawn from one generator. So a seed is a schedule.
 */
import type { Change, Outcome, TradeView } from '@tercet/daemon';
import type { MemoryLightning, MemoryNode, Ways } from '@tercet/lightning';
import type { Height, NodeId, Refusal, Role } from '@tercet/protocol';
import { Agenda } from './agenda.js';
import { Chain } from './chain.js';
import type { Disk } from './disk.js';
import { Faults, type FaultOptions } from './faults.js';
import { Log } from './log.js';
import { Mail } from './mail.js';
import { newNetwork, SimTransit } from './network.js';
import { SimParty } from './party.js';
import type { MailRoad, Parties, Party, World } from './port.js';
import type { Random } from './random.js';
import type { Documents, Scene } from './scene.js';
import type { Stage } from './second.js';
import { Trade } from './trade.js';

const START_MS = 1_700_000_000_000;
const MINUTE_MS = 60_000;

class ThreeParties implements Parties {
  constructor(
    readonly maker: Party,
    readonly taker: Party,
    readonly agent: Party,
  ) {}

  get all(): Party[] {
    return [this.maker, this.taker, this.agent];
  }

  of(node: MemoryNode): Party {
    return this.byNode(node.nodeId);
  }

  byNode(nodeId: NodeId): Party {
    const found = this.all.find(({ node }) => node.nodeId === nodeId);
    if (!found) throw new Error(`nobody has the node ${nodeId}`);
    return found;
  }
}

export interface WorldOptions {
  random: Random;
  stage: Stage;
  papers: (nodes: (role: Role) => NodeId, scene: Scene) => Documents;
  disks: Record<Role, Disk>;
  faults: FaultOptions;
  /** Keeps what happened, in words. */
  trace: boolean;
  /** Told after each committed step and after each happening. */
  onStep: (party: Party, trade: Trade, change: Change) => void;
  /** Told of each command that was refused. */
  onRefused: (trade: Trade, view: TradeView, refusal: Refusal) => void;
}

export class SimWorld implements World {
  readonly random: Random;
  readonly faults: Faults;
  readonly network: MemoryLightning;
  readonly wallet: MemoryNode;
  readonly underWay = new Map<string, Ways>();
  readonly chain: Chain;
  readonly mail: MailRoad = new Mail(this);
  readonly log = new Log(() => this.nowMs);
  readonly parties: Parties;
  readonly trades: readonly [Trade, ...Trade[]];
  readonly satsPerHour: number;
  readonly agenda = new Agenda();
  /** Roles whose owner doesn't keep to the rules. */
  readonly hostile = new Set<Role>();
  readonly trace: string[] = [];
  nowMs = START_MS;
  happenings = 0;
  private lastStep = 0;
  private readonly waitingForNodes = new Map<MemoryNode, (() => void)[]>();
  private readonly following = new Set<Promise<void>>();

  constructor(readonly options: WorldOptions) {
    this.random = options.random;
    this.satsPerHour = options.stage.satsPerHour;
    this.faults = new Faults(this.random, options.faults, () => this.happenings, options.stage.rates);
    this.network = newNetwork(this, new SimTransit(this));
    this.wallet = this.network.node('wallet');
    const party = (role: Role) => new SimParty(role, this.network.node(role), options.disks[role], this);
    this.parties = new ThreeParties(party('maker'), party('taker'), party('agent'));
    const nodeOf = (role: Role) => this.parties[role].node.nodeId;
    const trade = (scene: Scene) => new Trade(scene, options.papers(nodeOf, scene), this.parties);
    const [first, ...others] = options.stage.scenes;
    this.trades = [trade(first), ...others.map(trade)];
    this.chain = new Chain(this);
  }

  get height(): Height {
    return this.network.height;
  }

  /** Happenings since a trade last moved. */
  get idleFor(): number {
    return this.happenings - this.lastStep;
  }

  trade(tradeId: string): Trade {
    const found = this.trades.find((trade) => trade.tradeId === tradeId);
    if (!found) throw new Error(`there is no trade ${tradeId}`);
    return found;
  }

  isHonest(...roles: Role[]): boolean {
    return roles.every((role) => !this.hostile.has(role));
  }

  later(delayMs: number, name: string, run: () => void | Promise<void>): void {
    this.agenda.add({ atMs: this.nowMs + delayMs, name, run });
  }

  atHeight(height: Height, name: string, run: () => void): void {
    this.chain.at(height, name, run);
  }

  /** At once, or as soon as the node answers again. */
  whenUp(node: MemoryNode, run: () => void): void {
    if (!node.faults.down) {
      run();
      return;
    }
    const waiting = this.waitingForNodes.get(node) ?? [];
    this.waitingForNodes.set(node, waiting);
    waiting.push(run);
  }

  /** Somebody is back: what waited for it isn't idle. */
  goesOn(): void {
    this.lastStep = this.happenings;
  }

  nodeGoesDown(party: Party): void {
    if (party.node.faults.down) return;
    party.node.goDown();
    this.note(`the node of the ${party.role} goes down`);
  }

  nodeComesUp(party: Party, from: Height): void {
    const { node, role } = party;
    if (!node.faults.down) return;
    node.comeUp();
    party.cameUpMs = this.nowMs;
    this.goesOn();
    this.log.outages.push({ role, of: 'node', from, until: node.height });
    this.note(`the node of the ${role} comes up`);
    for (const run of this.waitingForNodes.get(node)?.splice(0) ?? []) run();
    // A daemon never pauses for longer than a minute before it tries again; the queues here do.
    this.later(this.random.between(MINUTE_MS, 2 * MINUTE_MS), `${role} reconciles`, () =>
      this.soon(party.reconcile()),
    );
  }

  /** Work that a happening leads to and that isn't part of any process. */
  soon(work: Promise<void>): void {
    const job = work.finally(() => this.following.delete(job));
    this.following.add(job);
  }

  stepped(party: Party, change: Change): void {
    this.chain.moved(party);
    this.lastStep = this.happenings;
    if (this.options.trace) {
      const { sequence } = change.trade;
      this.note(`${party.role} ${sequence} ${change.fact.kind}: ${change.path.join(' ')}`);
    }
    this.options.onStep(party, this.trade(change.trade.tradeId), change);
  }

  refused(party: Party, trade: Trade, outcome: Outcome): void {
    const view = trade.view(party.role);
    if (outcome.result === 'refused' && view) this.options.onRefused(trade, view, outcome.refusal);
  }

  note(what: string): void {
    if (this.options.trace)
      this.trace.push(
        `${this.happenings} @${this.height} ${Math.round((this.nowMs - START_MS) / 1000)}s ${what}`,
      );
  }

  /** The next happening, or the next blocks. False where nothing is left to happen. */
  async advance(): Promise<boolean> {
    const next = this.agenda.next;
    if (this.chain.minesBefore(next?.atMs)) {
      this.happenings += 1;
      this.nowMs = Math.max(this.nowMs, this.chain.mine(next?.atMs));
      await this.quiet();
      return true;
    }
    if (!next) return false;
    this.agenda.take();
    this.happenings += 1;
    this.nowMs = next.atMs;
    if (this.options.trace) this.note(`  . ${next.name}`);
    await next.run();
    await this.quiet();
    return true;
  }

  /** Until nobody has anything to do but wait: promises are drained, and disks have answered. */
  async quiet(): Promise<void> {
    do await (this.disksWork ? eventLoopTurn() : promisesDrained());
    while (this.disksWork || this.following.size > 0);
  }

  private get disksWork(): boolean {
    const { maker, taker, agent } = this.options.disks;
    return maker.busy + taker.busy + agent.busy > 0;
  }
}

const eventLoopTurn = (): Promise<void> => new Promise(setImmediate);
/** Node runs ticks once no promise is left to go on; a turn of the event loop, which a real disk needs, costs ten times as much. */
const promisesDrained = (): Promise<void> =>
  new Promise((resolve) => {
    process.nextTick(resolve);
  });
