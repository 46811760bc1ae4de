/**
 * Follows every live line of every account book at the node: looks it up first, then streams (S23). A stream that breaks
 * is taken up again; `absent` ends a watch without any conclusion (S24), the reconcile loop starts it anew.
 *
 * A hold that is accepted may stay so for days. It then rests: its own stream is closed, and it is looked up again when the
 * node's one stream of ends names it, when that stream was away, when its height comes near, and from time to time. Where the
 * node has no such stream nothing rests.
 */
import type { InvoiceState, LightningNode } from '@tercet/lightning';
import type { Height, LedgerEntry, PaymentHash, TradeData, TradeId } from '@tercet/protocol';
import { above, height, HOLD_EXPIRY_DELTA, isLive, TercetError } from '@tercet/protocol';
import { factOf } from '../effects/pay.js';
import type { NewFact, Trades } from '../executor/port.js';
import { streamEnded, waitMs } from './broken.js';
import { EndsWatcher } from './ends-watcher.js';
import { heardOf, isNews, type Heard } from './line-facts.js';
import { pauseSpread, type Pause } from './pause.js';
import { Resting } from './resting.js';

export interface WatcherOptions {
  lightning: Pick<LightningNode, 'lookUpInvoice' | 'watchInvoice' | 'watchPayment' | 'watchEnds'>;
  trades: Pick<Trades, 'submit' | 'now'>;
  /** Told once of a stream that broke, however often it breaks again before it tells something. */
  onError: (tradeId: TradeId, hash: PaymentHash, error: unknown) => void;
  /** The same of the stream of ends, which is nobody's own. */
  onEndsBroken: (error: unknown) => void;
  /** Before a broken stream is taken up again; doubled each time up to ten times as long. */
  retryMs?: number;
  pause?: Pause;
}

/** So many blocks before lnd may let go by itself a hold has a stream of its own again, which tells at once. */
const STIR_BLOCKS = HOLD_EXPIRY_DELTA + 6;
/** Resting holds that one reconcile looks up. */
const TOUR = 500;
/** Look-ups under way before others wait for room. */
const MOST_LOOKING = 100;

interface Watch {
  tradeId: TradeId;
  entry: LedgerEntry;
  name: string;
  job: Promise<void>;
  /** Of its present stream. One each: a signal looks through its listeners for each that it is given, and there may be thousands. */
  stream: AbortController;
  /** It may rest if the node says that it is held. */
  mayRest: boolean;
  /** Its stream says that it is held. */
  isHeld: boolean;
  /** And said so when a reconcile came by before. */
  wasHeld: boolean;
}

export class NodeWatcher {
  private readonly running = new Map<string, Watch>();
  /** Of those that run, whose stream has answered since it began: looked up, and followed from there. */
  private readonly answered = new Set<string>();
  private readonly resting = new Resting();
  /** Looked up at this moment, and not named by the stream of ends since. */
  private readonly looking = new Set<PaymentHash>();
  /** Trades in which the node knew nothing of a hash. */
  private readonly lost = new Set<TradeId>();
  private readonly waitingForRoom: (() => void)[] = [];
  private readonly ends: EndsWatcher;
  private closed = false;

  constructor(private readonly options: WatcherOptions) {
    const { lightning, onEndsBroken, retryMs, pause } = options;
    const wakeAll = () => void this.wakeAll();
    this.ends = new EndsWatcher({
      ...{ lightning, retryMs, pause, onBroken: onEndsBroken, onReady: wakeAll, onUnwilling: wakeAll },
      onEnd: (hash) => this.ended(hash),
    });
  }

  /** Before anything is followed: else nothing rests for the time being. */
  start(): void {
    this.ends.start();
  }

  /** Watches what is live in a trade and isn't watched yet. `mayRest`: as of one that nothing has just happened to. */
  follow(tradeId: TradeId, data: TradeData, mayRest = false): void {
    for (const entry of data.ledger) {
      if (isLive(entry) && !this.rests(entry)) this.begin(tradeId, entry, mayRest);
    }
  }

  /** Resolves when few look-ups are under way: whoever has thousands to follow asks in between. */
  async room(): Promise<void> {
    if (this.looking.size < MOST_LOOKING || this.closed) return;
    await new Promise<void>((resolve) => {
      this.waitingForRoom.push(resolve);
    });
  }

  /**
   * What the streams may have lost (S23): looks up holds that rest, in turn, and lets those rest that have been held since the
   * last time. Answers the trades in which the node knew nothing of a hash, to be followed anew.
   */
  reconcile(): TradeId[] {
    if (this.ends.turn !== undefined) for (const watch of this.running.values()) letRest(watch);
    this.wake(this.resting.oldest(TOUR));
    const lost = [...this.lost];
    this.lost.clear();
    return lost;
  }

  /** For each new block. */
  seen(tip: Height): void {
    this.wake(this.resting.due(tip));
  }

  /** How many hashes are to be followed now. */
  get size(): number {
    return this.running.size + this.resting.size;
  }

  /** For how many of them the node has answered, and tells what becomes of them. */
  get heardOf(): number {
    return this.answered.size + (this.ends.turn === undefined ? 0 : this.resting.size);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.ends.close();
    const watches = [...this.running.values()];
    for (const { stream } of watches) stream.abort();
    this.makeRoom();
    await Promise.allSettled(watches.map(({ job }) => job));
  }

  private rests({ kind, hash }: LedgerEntry): boolean {
    return kind === 'hold' && this.resting.has(hash);
  }

  private begin(tradeId: TradeId, entry: LedgerEntry, mayRest: boolean): void {
    const name = `${tradeId}/${entry.kind}/${entry.hash}`;
    if (this.closed || this.running.has(name)) return;
    const watch: Watch = {
      ...{ tradeId, entry, name, mayRest: mayRest && entry.kind === 'hold', isHeld: false, wasHeld: false },
      ...{ job: Promise.resolve(), stream: new AbortController() },
    };
    this.running.set(name, watch);
    watch.job = this.watch(watch).finally(() => this.leave(watch));
  }

  private leave(watch: Watch): void {
    if (this.running.get(watch.name) !== watch) return;
    this.running.delete(watch.name);
    this.answered.delete(watch.name);
  }

  private wake(hashes: readonly PaymentHash[]): void {
    for (const hash of hashes) {
      const line = this.closed ? undefined : this.resting.take(hash);
      if (line) this.begin(line.tradeId, line.entry, true);
    }
  }

  private async wakeAll(): Promise<void> {
    for (const hash of this.resting.oldest()) {
      await this.room();
      this.wake([hash]);
    }
  }

  private ended(hash: PaymentHash): void {
    this.looking.delete(hash);
    this.wake([hash]);
  }

  private async watch(watch: Watch): Promise<void> {
    const { pause: wait = pauseSpread, retryMs } = this.options;
    const stopped = () => this.closed;
    for (let broken = 0; !stopped();) {
      watch.stream = new AbortController();
      try {
        if (watch.mayRest && (await this.restOrEnd(watch))) return;
        if (stopped()) return;
        for await (const heard of this.heard(watch)) {
          if (await this.take(watch, heard)) return;
          watch.isHeld = heard.state === 'accepted';
          broken = 0;
        }
        if (!stopped() && !watch.stream.signal.aborted) throw streamEnded();
      } catch (error) {
        this.answered.delete(watch.name);
        watch.isHeld = watch.wasHeld = false;
        if (stopped()) return;
        if (broken === 0) this.options.onError(watch.tradeId, watch.entry.hash, error);
        await wait(waitMs(retryMs, broken), watch.stream.signal);
        broken += 1;
      }
    }
  }

  /** Looks it up. Answers whether it is over, or rests: then ends are told from before the look-up on. */
  private async restOrEnd(watch: Watch): Promise<boolean> {
    const { entry, tradeId } = watch;
    this.looking.add(entry.hash);
    try {
      await this.ends.known;
      const { turn } = this.ends;
      const state = await this.options.lightning.lookUpInvoice(entry.hash);
      if (await this.take(watch, heardOf(entry, state))) return true;
      const stirAt = stirHeight(state);
      const isQuiet = this.looking.has(entry.hash) && turn !== undefined && turn === this.ends.turn;
      if (stirAt === undefined || stirAt <= this.options.trades.now().height || !isQuiet) return false;
      this.leave(watch);
      this.resting.add({ tradeId, entry: { ...entry, status: 'accepted' }, stirAt });
      return true;
    } finally {
      this.looking.delete(entry.hash);
      if (this.looking.size < MOST_LOOKING) this.makeRoom();
    }
  }

  private makeRoom(): void {
    for (const go of this.waitingForRoom.splice(0)) go();
  }

  /** Takes in what the node says. Answers whether nothing more is to be heard. */
  private async take({ tradeId, entry, name }: Watch, { fact, isLast, state }: Heard): Promise<boolean> {
    this.answered.add(name);
    if (fact && isNews(entry, fact)) await this.submit(tradeId, fact);
    if (state === 'absent') this.lost.add(tradeId);
    return isLast;
  }

  private async submit(tradeId: TradeId, fact: NewFact): Promise<void> {
    const outcome = await this.options.trades.submit(tradeId, fact);
    if (outcome.result !== 'refused') return;
    const { code, text, wayOut } = outcome.refusal;
    throw new TercetError(code, text, { wayOut });
  }

  private async *heard({ entry, stream: { signal } }: Watch): AsyncIterable<Heard> {
    const { lightning } = this.options;
    const { hash } = entry;
    if (entry.kind === 'payment') {
      for await (const state of lightning.watchPayment(hash, signal))
        yield {
          fact: factOf(hash, state),
          isLast: state.state !== 'inFlight',
          state: state.state,
        };
    } else {
      for await (const state of lightning.watchInvoice(hash, signal)) yield heardOf(entry, state);
    }
  }
}

/** Its stream is closed at the second time, so that a trade that goes on its way isn't looked up for nothing. */
function letRest(watch: Watch): void {
  if (watch.entry.kind !== 'hold' || !watch.isHeld) return;
  if (watch.wasHeld) {
    watch.mayRest = true;
    watch.stream.abort();
  }
  watch.wasHeld = true;
}

/** The height at which a held hold is woken. Undefined where it isn't held. */
function stirHeight(invoice: InvoiceState): Height | undefined {
  if (invoice.state !== 'accepted') return undefined;
  const held = invoice.htlcs.filter(({ state }) => state === 'held');
  if (held.length === 0) return undefined;
  return above(height(Math.min(...held.map(({ expiryHeight }) => expiryHeight))), -STIR_BLOCKS);
}
