/** Healthy trades to be spoilt by hand, so that each invariant is seen to speak. Test code only. */
import type { Change, NewFact, TradeView } from '@tercet/daemon';
import type {
  Body,
  LedgerEntry,
  MachineName,
  PaymentHash,
  Role,
  ShapeName,
  TradeData,
} from '@tercet/protocol';
import { height, replaceCurve, unixMs } from '@tercet/protocol';
import { openPlay, type Play } from '../schedule.js';
import { MemoryDisk } from '../world/disk.js';
import { FAKE_CURVE } from '../world/fake-curve.js';

const MOST_SEEDS = 200;
const HOUR_MS = 60 * 60 * 1000;

/** Nobody dies, nothing goes wrong, nobody cheats. */
const UNDISTURBED = { role: 'agent', at: { commit: 0, when: 'before', awayMs: 0 } } as const;

export const performing = (trade: Tampered): boolean => trade.engine(trade.sight.payee) === 'performing';
export const ended = (trade: Tampered): boolean =>
  trade.world.parties.all.every(({ views }) => [...views.values()].every(({ terminal }) => terminal)) &&
  trade.engine(trade.sight.payee) === 'done';

export class Tampered {
  private constructor(private readonly play: Play) {}

  /** The first trade of this shape that comes to where that holds, alone or beside another one. */
  static async at(
    shape: ShapeName,
    holds: (trade: Tampered) => boolean,
    trades: 1 | 2 = 1,
  ): Promise<Tampered> {
    const restore = replaceCurve(FAKE_CURVE);
    try {
      for (let seed = 1; seed <= MOST_SEEDS; seed += 1) {
        const disks = { maker: new MemoryDisk(), taker: new MemoryDisk(), agent: new MemoryDisk() };
        const trade = new Tampered(await openPlay({ seed, shape, trades, death: UNDISTURBED }, disks));
        while (await trade.play.next()) if (holds(trade)) return trade;
      }
    } finally {
      restore();
    }
    throw new Error('no trade comes to there');
  }

  get world() {
    return this.play.world;
  }
  get sight() {
    return this.play.watch.sights[0];
  }
  /** Of the trade beside it. */
  get beside() {
    const [, second] = this.play.watch.sights;
    if (!second) throw new Error('it is alone');
    return second;
  }
  get host() {
    return this.sight.host;
  }
  get hash(): PaymentHash {
    if (this.sight.escrowHash === undefined) throw new Error('no escrow yet');
    return this.sight.escrowHash;
  }
  engine(role: Role): string | undefined {
    return this.sight.machine(role, 'engine');
  }
  view(role: Role): TradeView {
    const view = this.sight.trade.view(role);
    if (!view) throw new Error(`the ${role} has no trade`);
    return view;
  }

  /** What is seen to be broken after a look at everything. */
  look(): string[] {
    this.play.watch.look();
    return this.broken;
  }
  end(): string[] {
    this.play.watch.end();
    return this.broken;
  }
  private get broken(): string[] {
    return this.play.watch.violations.map(({ number }) => number);
  }

  /** Both payers release now, and it goes on until something is broken or nothing is left to happen. */
  async releaseToTheEnd(): Promise<string[]> {
    const restore = replaceCurve(FAKE_CURVE);
    try {
      for (const { payer, trade } of this.play.watch.sights)
        await this.world.parties[payer].core?.trades.submit(trade.tradeId, { kind: 'cmdRelease' });
      while (this.broken.length === 0 && (await this.play.next()));
    } finally {
      restore();
    }
    return this.end();
  }

  /** Looked at once, and again when hours and blocks have passed. */
  lookForHours(): string[] {
    this.look();
    this.world.nowMs += 4 * HOUR_MS;
    this.world.network.skip(5);
    for (const party of this.world.parties.all) party.looks += 5;
    return this.look();
  }

  /** The party's trade says something else now. */
  edit(role: Role, data: Partial<TradeData>, machines: Partial<Record<MachineName, string>> = {}): TradeView {
    const view = this.view(role);
    const { state } = view;
    const edited = {
      ...view,
      state: { ...state, data: { ...state.data, ...data }, machines: { ...state.machines, ...machines } },
    };
    this.world.parties[role].views.set(view.tradeId, edited);
    return edited;
  }

  /** As if the party had committed that. */
  step(role: Role, view: TradeView, fact: NewFact = { kind: 'cmdSent' }): string[] {
    const at = { height: height(this.world.height), timeMs: unixMs(this.world.nowMs) };
    const change: Change = {
      trade: { ...view, sequence: view.sequence + 1 },
      fact: { ...fact, at },
      path: [],
      rows: [],
    };
    this.play.watch.step(this.world.parties[role], this.sight.trade, change);
    return this.broken;
  }

  /** The line of a book, changed. */
  editLine(role: Role, which: (line: LedgerEntry) => boolean, change: Partial<LedgerEntry>): TradeView {
    const { ledger } = this.view(role).state.data;
    if (!ledger.some(which)) throw new Error('there is no such line');
    return this.edit(role, { ledger: ledger.map((line) => (which(line) ? { ...line, ...change } : line)) });
  }

  letter(from: Role, to: Role, body: Body, sentHeight: number = this.world.height): void {
    const envelope = { id: '', pubkey: '', created_at: 0, kind: 0, tags: [], content: '', sig: '' };
    this.sight.trade.letters.push({
      from,
      to,
      body,
      envelope,
      engine: undefined,
      atMs: this.world.nowMs,
      sentHeight: height(sentHeight),
      honest: true,
    });
  }
}
