/**
 * Blocks come at random, one after another where something hangs on them, many at once where nothing does: to go from one
 * deadline to the next takes no longer than what happens there.
 */
import type { Height } from '@tercet/protocol';
import { above } from '@tercet/protocol';
import type { Party, World } from './port.js';

const BLOCK_MS = 600_000;
/** Blocks that come though nothing is due by height: what was lost by a queue or on the road is found again by reconciling. */
const IDLE_BLOCKS = 8;
/** With so many of the blocks a party looks at all that is due; and before so many blocks come at once, if its trade has moved. */
const RECONCILES_SHARE = 0.3;
const MOST_UNSEEN = 3;
/** One schedule in a hundred runs on fast blocks: what was planned in hours is over in a fraction. */
const FAST_SHARE = 0.01;
const FAST_BLOCK_MS = 30_000;

interface Waiting {
  height: Height;
  name: string;
  run: () => void;
}

export class Chain {
  private readonly waiting: Waiting[] = [];
  private readonly blockMs: number;
  private nextMs: number;
  /** The highest there was: what a reorg took away is waited for no longer. */
  private highest: Height;
  /** With nothing due and nothing planned, since a trade has last moved: in each of them everybody looks at all that is due. */
  private idle = 0;
  /** Whose trade has moved since it has last looked at all that is due. */
  private readonly unseen = new Set<Party>();

  constructor(private readonly world: World) {
    this.blockMs = world.random.chance(FAST_SHARE) ? FAST_BLOCK_MS : BLOCK_MS;
    this.highest = world.height;
    this.nextMs = world.nowMs + world.random.exponential(this.blockMs);
  }

  at(height: Height, name: string, run: () => void): void {
    this.waiting.push({ height, name, run });
  }

  /** Whether a block comes before that time. Without anything to wait for no more blocks are mined. */
  minesBefore(atMs: number | undefined): boolean {
    if (atMs !== undefined) return this.nextMs <= atMs;
    return this.nextHeight() !== undefined || (this.idle < IDLE_BLOCKS && this.someTradeIsOpen());
  }

  moved(party: Party): void {
    this.idle = 0;
    this.unseen.add(party);
  }

  private someTradeIsOpen(): boolean {
    return this.world.parties.all.some(({ views }) => [...views.values()].some(({ terminal }) => !terminal));
  }

  /** Mines up to the next height where something is due, and not beyond that time. Answers when it was done. */
  mine(untilMs: number | undefined): number {
    const { world } = this;
    const due = this.nextHeight();
    // With nothing due and nothing planned one block at a time; what is lost may yet be found.
    const room = untilMs === undefined ? 1 : 1 + Math.floor((untilMs - this.nextMs) / this.blockMs);
    const wanted = due === undefined ? room : due - world.height;
    const free = Math.max(1, untilMs === undefined ? wanted : Math.min(wanted, room));
    const isQuiet = due === undefined && untilMs === undefined;
    const unseen = free > MOST_UNSEEN ? [...this.unseen].filter(({ isUp }) => isUp) : [];
    const looks = isQuiet ? world.parties.all : unseen;
    const count = looks.length > 0 ? 1 : free;
    const minedMs = this.nextMs + (count - 1) * this.blockMs;
    this.nextMs = minedMs + world.random.exponential(this.blockMs);
    if (isQuiet) this.idle += 1;
    world.network.skip(count);
    this.seeNodes();
    if (world.height > this.highest) this.highest = world.height;
    this.runDue();
    if (world.faults.strikes('reorg')) this.reorg();
    this.reconcileSoon(looks);
    return minedMs;
  }

  private reorg(): void {
    const { world } = this;
    const depth = world.random.between(1, 6);
    world.note(`a reorg of ${depth}`);
    world.network.reorg(depth);
    world.later(world.random.skewed(1000, this.blockMs), 'the new branch', () => {
      world.network.skip(depth + 1);
      if (world.height > this.highest) this.highest = world.height;
      this.runDue();
    });
  }

  /** Nodes are up to two blocks behind one another, for a while. */
  private seeNodes(): void {
    const { world } = this;
    for (const { node, role } of world.parties.all) {
      if (!world.faults.strikes('tipLags')) continue;
      node.lagBlocks = world.random.between(1, 2);
      world.later(world.random.skewed(1000, 3 * this.blockMs), `the node of the ${role} catches up`, () => {
        node.lagBlocks = 0;
        node.onTip();
      });
    }
  }

  private runDue(): void {
    const due = this.waiting.filter(({ height }) => height <= this.highest);
    for (const one of due) this.waiting.splice(this.waiting.indexOf(one), 1);
    for (const { name, run } of due) {
      this.world.note(name);
      run();
    }
  }

  /** Once a minute in life: with some blocks here, which is as good, since what a queue loses is found in its minute. */
  private reconcileSoon(surely: readonly Party[]): void {
    for (const party of this.world.parties.all) {
      if (!party.isUp) continue;
      if (!this.world.random.chance(RECONCILES_SHARE) && !surely.includes(party)) continue;
      this.unseen.delete(party);
      this.world.later(this.world.random.between(1000, 60_000), `${party.role} reconciles`, () =>
        this.world.soon(party.reconcile()),
      );
    }
  }

  /** The next height above this one where a deadline, an expiry or a plan is due. */
  private nextHeight(): number | undefined {
    const { world } = this;
    let next: number | undefined;
    const consider = (height: number) => {
      if (height > world.height && (next === undefined || height < next)) next = height;
    };
    for (const { height } of this.waiting) consider(Math.max(height, this.highest + 1));
    for (const { views, node } of world.parties.all) {
      for (const { state } of views.values()) {
        for (const at of Object.values(state.deadlines)) if ('height' in at) consider(at.height);
        const hash = state.data.escrowHash;
        const hold = hash === undefined ? undefined : node.invoices.state(hash);
        if (hold?.state !== 'accepted') continue;
        for (const { expiryHeight } of hold.htlcs)
          consider(above(expiryHeight, 0 - node.holdExpiryDeltaBlocks));
      }
    }
    return next;
  }
}
