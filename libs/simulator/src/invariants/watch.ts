/** Looks at a world after each step and each happening, and says what doesn't hold. */
import type { Change, TradeView } from '@tercet/daemon';
import type { Role } from '@tercet/protocol';
import type { Party, World } from '../world/port.js';
import type { Invariant, Moment, Violation } from './invariant.js';
import { Sight } from './sight.js';
import { INVARIANTS } from './table.js';

/** What came behind the first so many. */
const since = <One>(all: readonly One[], known: number): readonly One[] =>
  all.length === known ? [] : all.slice(known);
const of = (when: Invariant['when']): readonly Invariant[] =>
  INVARIANTS.filter((invariant) => invariant.when === when);
const STEP = of('step');
const ALWAYS = of('always');
const END = of('end');

export class Watch {
  readonly violations: Violation[] = [];
  readonly sight: Sight;
  private readonly before = new Map<Role, TradeView>();
  private acts = 0;
  private letters = 0;
  private receipts = 0;

  constructor(private readonly world: World) {
    this.sight = new Sight(world);
  }

  step(party: Party, change: Change): void {
    const before = this.before.get(party.role);
    this.before.set(party.role, change.trade);
    this.check(STEP, { ...this.now(), step: { party, change, before } });
  }

  happening(): void {
    const { log } = this.world;
    const moment = {
      ...this.now(),
      acts: since(log.acts, this.acts),
      letters: since(log.letters, this.letters),
      receipts: since(log.receipts, this.receipts),
    };
    this.acts = log.acts.length;
    this.letters = log.letters.length;
    this.receipts = log.receipts.length;
    this.check(ALWAYS, moment);
  }

  end(): void {
    this.check(END, this.now());
  }

  private now(): Moment {
    return { world: this.world, sight: this.sight, acts: [], letters: [], receipts: [] };
  }

  private check(invariants: readonly Invariant[], moment: Moment): void {
    for (const { number, title, check } of invariants) {
      const what = check(moment);
      if (what !== undefined) this.violations.push({ number, title, what });
    }
  }
}
