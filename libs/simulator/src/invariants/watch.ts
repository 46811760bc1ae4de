/** Looks at a world and each of its trades after each step and each happening, and says what doesn't hold. */
import type { Change, TradeView } from '@tercet/daemon';
import type { Role } from '@tercet/protocol';
import type { Act } from '../world/log.js';
import type { Party, World } from '../world/port.js';
import type { Trade } from '../world/trade.js';
import { Moves } from './moves.js';
import type { Invariant, Moment, Violation, WorldInvariant } from './invariant.js';
import { SIDE_BY_SIDE } from './side-by-side.js';
import { Sight } from './sight.js';
import { INVARIANTS } from './table.js';
import { WORLD } from './world.js';

/** What came behind the first so many. */
const since = <One>(all: readonly One[], known: number): readonly One[] =>
  all.length === known ? [] : all.slice(known);
const of = (when: Invariant['when']): readonly Invariant[] =>
  INVARIANTS.filter((invariant) => invariant.when === when);
const STEP = of('step');
const ALWAYS = of('always');
const END = of('end');
const ofWorld = (when: WorldInvariant['when']): readonly WorldInvariant[] =>
  [...WORLD, ...SIDE_BY_SIDE].filter((invariant) => invariant.when === when);
const WORLD_ALWAYS = ofWorld('always');
const WORLD_END = ofWorld('end');

type Report = (broken: Pick<Violation, 'number' | 'title'>, what: string) => void;

/** One trade as it was seen last. */
class TradeWatch {
  readonly sight: Sight;
  private readonly before = new Map<Role, TradeView>();
  private letters = 0;
  private receipts = 0;

  constructor(
    private readonly world: World,
    private readonly trade: Trade,
    private readonly report: Report,
  ) {
    this.sight = new Sight(world, trade);
  }

  step(party: Party, change: Change): void {
    const before = this.before.get(party.role);
    this.before.set(party.role, change.trade);
    this.check(STEP, { ...this.now(), step: { party, change, before } });
  }

  happening(acts: readonly Act[]): void {
    const { letters, receipts } = this.trade;
    const moment = {
      ...this.now(),
      acts,
      letters: since(letters, this.letters),
      receipts: since(receipts, this.receipts),
    };
    this.letters = letters.length;
    this.receipts = receipts.length;
    this.check(ALWAYS, moment);
  }

  end(): void {
    this.check(END, this.now());
  }

  private now(): Moment {
    return { world: this.world, sight: this.sight, acts: [], letters: [], receipts: [] };
  }

  private check(invariants: readonly Invariant[], moment: Moment): void {
    for (const invariant of invariants) {
      const what = invariant.check(moment);
      if (what !== undefined) this.report(invariant, what);
    }
  }
}

export class Watch {
  readonly violations: Violation[] = [];
  readonly sights: readonly [Sight, ...Sight[]];
  private readonly trades = new Map<Trade, TradeWatch>();
  private acts = 0;
  private readonly moves: Moves;

  constructor(private readonly world: World) {
    this.moves = new Moves(world);
    const watched = (trade: Trade): Sight => {
      const isFirst = trade === world.trades[0];
      const watch = new TradeWatch(world, trade, ({ number, title }, what) =>
        this.violations.push({ number, title, what: isFirst ? what : `in the second trade: ${what}` }),
      );
      this.trades.set(trade, watch);
      return watch.sight;
    };
    const [first, ...others] = world.trades;
    this.sights = [watched(first), ...others.map(watched)];
  }

  step(party: Party, trade: Trade, change: Change): void {
    this.moves.steps += 1;
    this.trades.get(trade)?.step(party, change);
  }

  /** Half of them move nothing that a statement speaks of: such a one is told nothing new. */
  happening(): void {
    if (this.moves.some()) this.look();
  }

  look(): void {
    const { log } = this.world;
    const acts = since(log.acts, this.acts);
    this.acts = log.acts.length;
    for (const trade of this.trades.values()) trade.happening(acts);
    this.check(WORLD_ALWAYS);
  }

  end(): void {
    for (const trade of this.trades.values()) trade.end();
    this.check(WORLD_END);
  }

  private check(invariants: readonly WorldInvariant[]): void {
    for (const { number, title, check } of invariants) {
      const what = check(this.world, this.sights);
      if (what !== undefined) this.violations.push({ number, title, what });
    }
  }
}
