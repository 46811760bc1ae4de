/** A Lightning network inside the process, for the core's tests and the simulator. */
import { hash } from 'node:crypto';
import { above, height, type Height, type Network, type NodeId } from '@tercet/protocol';
import type { Tip } from '../port.js';
import { MemoryNode } from './node.js';
import { DIRECT, type RouteSettings } from './route-settings.js';
import { AT_ONCE, type Transit } from './transit.js';
import type { RoutedNode, World } from './world.js';

export interface MemoryOptions {
  network?: Network;
  /** Where the chain begins. 100 unless told. */
  startHeight?: number;
  /** What each node can send. 10 BTC unless told. */
  balanceMsat?: bigint;
  /** Milliseconds since 1970. The machine's clock unless told; with another, `passTime` says when it moved. */
  clock?: () => number;
  routes?: Partial<RouteSettings>;
  transit?: Transit;
}

const TEN_BTC_MSAT = 1_000_000_000_000n;
/** setTimeout takes no more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class MemoryLightning implements World {
  readonly network: Network;
  /** What every route is like from now on. */
  readonly routes: RouteSettings;
  readonly transit: Transit;
  routedMsat = 0n;
  readonly #nodes = new Map<string, MemoryNode>();
  readonly #cut = new Set<string>();
  readonly #balanceMsat: bigint;
  readonly #clock: () => number;
  readonly #isRealTime: boolean;
  #skippedMs = 0;
  #height: Height;
  /** Counts the reorgs: another branch has other hashes. */
  #branch = 0;
  /** Of this branch; all nodes ask for it with each block. */
  #latest: Tip | undefined;

  constructor(options: MemoryOptions = {}) {
    this.network = options.network ?? 'regtest';
    this.routes = { ...DIRECT, ...options.routes };
    this.transit = options.transit ?? AT_ONCE;
    this.#height = height(options.startHeight ?? 100);
    this.#balanceMsat = options.balanceMsat ?? TEN_BTC_MSAT;
    this.#clock = options.clock ?? Date.now;
    this.#isRealTime = options.clock === undefined;
  }

  /** The node of that name, made on first use. */
  node(name: string): MemoryNode {
    const existing = this.#nodes.get(name);
    if (existing) return existing;
    const node = new MemoryNode(this, name, this.#nodes.size + 1, this.#balanceMsat);
    this.#nodes.set(name, node);
    return node;
  }

  byId(nodeId: NodeId): MemoryNode | undefined {
    return [...this.#nodes.values()].find((node) => node.nodeId === nodeId);
  }

  get height(): Height {
    return this.#height;
  }

  /** Counts the changes of all invoices and payments: as long as it stays, no sat has moved. */
  get changes(): number {
    let count = 0;
    for (const { invoices, payments } of this.#nodes.values())
      count += invoices.changes.count + payments.changes.count;
    return count;
  }

  get tip(): Tip {
    return this.tipAt(this.#height);
  }

  tipAt(at: Height): Tip {
    if (this.#latest?.height === at) return this.#latest;
    const branch = this.#branch === 0 ? '' : `/${this.#branch}`;
    this.#latest = { height: at, hash: hash('sha256', `${this.network}${branch}/${at}`) };
    return this.#latest;
  }

  /** Adds blocks one by one, so that every deadline between is met at its own height. */
  mine(count: number): void {
    for (let left = count; left > 0; left -= 1) this.#grow(1);
  }

  /** Adds blocks that the nodes hear of as one: the daemons were slower than the miners, or nothing was due between. */
  skip(count: number): void {
    this.#grow(count);
  }

  /** Takes the last blocks back. The branch that replaces them is yet to be mined. */
  reorg(depth: number): void {
    this.#branch += 1;
    this.#latest = undefined;
    this.#grow(-depth);
  }

  #grow(count: number): void {
    this.#height = above(this.#height, count);
    for (const node of this.#nodes.values()) node.onTip();
  }

  /** No payment goes from one node to the other any more, until `restore`. What is held stays held. */
  cut(from: MemoryNode, to: MemoryNode): void {
    this.#cut.add(`${from.nodeId}>${to.nodeId}`);
  }

  restore(from: MemoryNode, to: MemoryNode): void {
    this.#cut.delete(`${from.nodeId}>${to.nodeId}`);
  }

  isCut(from: RoutedNode, to: RoutedNode): boolean {
    return this.#cut.has(`${from.nodeId}>${to.nodeId}`);
  }

  nowMs(): number {
    return this.#clock() + this.#skippedMs;
  }

  /** Lets time pass at once: open invoices lapse. */
  passTime(ms: number): void {
    this.#skippedMs += ms;
    this.#expire();
  }

  /** Sees to it that what lapses at that time does. Doesn't keep the process alive. */
  expireAt(atMs: number): void {
    if (!this.#isRealTime) return;
    const inMs = Math.min(Math.max(atMs - this.nowMs(), 0), LONGEST_TIMER_MS);
    setTimeout(() => {
      // A timer may go off a millisecond before the clock says so.
      if (this.nowMs() < atMs) this.expireAt(atMs);
      else this.#expire();
    }, inMs).unref();
  }

  #expire(): void {
    for (const node of this.#nodes.values()) node.invoices.expire(this.nowMs());
  }
}
