/**
 * Runs the effects that the journal holds: each once right after its commit, later ones when a queue or a reconcile says
 * so. An effect is done when its result is committed; until then it is run again with the same key (S7, S8, S26).
 */
import type { EffectRow, Journal } from '@tercet/journal';
import type { EffectKind, Refusal, Role, TradeId } from '@tercet/protocol';
import { TercetError, unixMs } from '@tercet/protocol';
import { EFFECTS } from '../effects/index.js';
import type { EffectContext, EffectOf } from '../effects/port.js';
import { hasCome } from './clock.js';
import { laneTo } from './commit.js';
import { KnownLanes } from './known-lanes.js';
import { storedEffect, type OutboxEffect } from './stored.js';
import type { NewFact, Trades } from './port.js';

export interface DispatcherOptions {
  journal: Pick<Journal, 'effect' | 'pendingEffects' | 'claimEffect' | 'postponeEffect' | 'finishEffect'>;
  trades: Pick<Trades, 'submit' | 'now'>;
  /** Delivers a message; answers a fact when the addressee refused it for good. Throws while it can't be reached. */
  deliver: (tradeId: TradeId, effect: OutboxEffect) => Promise<NewFact | undefined>;
  context: (tradeId: TradeId) => Promise<EffectContext>;
  /** A later try: kept in the queue. */
  later: (key: string, dueMs: number) => void;
  /** Told of each try, for logs and metrics. */
  onTry?: (effect: EffectRow, outcome: 'done' | 'failed', error?: unknown) => void;
  /** Told of what keeps effects from being looked at: the journal can't be read. The next reconcile finds them. */
  onTrouble: (error: unknown) => void;
  /** No other process runs effects of this journal. Where replicas do, a payment is claimed before it is tried (S1). */
  exclusive: boolean;
}

/**
 * How long a replica that is paying is left alone. Longer than all calls of one try together (15 s each), so that a second
 * one can't send while the first may still do; one that died is taken over after it.
 */
const PAYING_MS = 180_000;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 60_000;
const backoff = (attempts: number): number =>
  Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts, 20));

export class Dispatcher {
  /** Effects being run now: by key, and lanes by name. */
  private readonly running = new Set<string>();
  /** Lanes that were asked for while they ran. */
  private readonly again = new Set<string>();
  /** Tries so far of the message that a lane waits with. */
  private readonly waiting = new Map<string, number>();
  /** Of these tries, the ones before its addressee was last heard: pauses count from there. */
  private readonly forgiven = new Map<string, number>();
  /** Lanes whose message goes now, whatever is left of its pause. */
  private readonly urgent = new Set<string>();
  private readonly known = new KnownLanes();
  private readonly inFlight = new Set<Promise<void>>();
  private closed = false;

  constructor(private readonly options: DispatcherOptions) {}

  /** Tries effects that were just committed. Never throws. */
  start(effects: EffectRow[]): void {
    for (const effect of effects) if (effect.lane !== undefined) this.known.add(effect.lane, effect);
    this.look(effects);
  }

  private look(effects: EffectRow[]): void {
    const lanes = new Set<string>();
    for (const effect of effects) {
      if (effect.lane === undefined) this.launch(effect.key, () => this.tryOne(effect));
      else lanes.add(effect.lane);
    }
    for (const effect of effects) {
      if (effect.lane !== undefined && lanes.delete(effect.lane)) this.startLane(effect.tradeId, effect.lane);
    }
  }

  /** As `look`, for effects that were found in the journal: another process may have put them there. */
  private lookAgain(effects: EffectRow[]): void {
    for (const { lane } of effects) if (lane !== undefined) this.known.forget(lane);
    this.look(effects);
  }

  /** Runs one effect that a queue says is due, unless it is done or running. */
  async run(key: string): Promise<void> {
    const effect = await this.options.journal.effect(key);
    // A stale job: the effect was postponed since.
    if (!effect || effect.done || !this.isDue(effect)) return;
    this.lookAgain([effect]);
  }

  /** Runs whatever is due: at start, on reconnect, on reconcile (S23). */
  async runDue(): Promise<void> {
    const pending = await this.options.journal.pendingEffects();
    this.lookAgain(pending.filter((effect) => this.isDue(effect)));
  }

  /**
   * A party was heard in a trade, so it is there: what waits for it is sent now, and its pauses begin anew. Without this
   * a message that failed while it was away could lie a minute longer, which is half of what a handshake may take.
   */
  heard(tradeId: TradeId, from: Role): void {
    const lane = laneTo(tradeId, from);
    const tries = this.waiting.get(lane);
    if (tries === undefined) return;
    this.forgiven.set(lane, tries);
    this.urgent.add(lane);
    this.startLane(tradeId, lane);
  }

  /** Tries now what waits for one of these reasons, whatever is left of its pause: the reason is gone. */
  async wake(reasons: readonly string[]): Promise<void> {
    const waiting = await this.options.journal.pendingEffects({ failed: true });
    this.look(waiting.filter(({ lastError }) => lastError !== undefined && reasons.includes(lastError)));
  }

  /** Waits until nothing runs. What is due later isn't waited for. */
  async idle(): Promise<void> {
    while (this.inFlight.size > 0) await Promise.allSettled(this.inFlight);
  }

  /** Stops taking up work and waits for what runs. */
  async close(): Promise<void> {
    this.closed = true;
    await this.idle();
  }

  /** Nothing is put off for longer than a payment is left alone: what is due later was put off before a clock was set back. */
  private isDue({ dueMs }: Pick<EffectRow, 'dueMs'>): boolean {
    return hasCome(dueMs, this.options.trades.now().timeMs, PAYING_MS);
  }

  private launch(name: string, work: () => Promise<void>): void {
    if (this.closed || this.running.has(name)) return;
    this.running.add(name);
    const job = work()
      .catch(this.options.onTrouble)
      .finally(() => {
        this.running.delete(name);
        this.inFlight.delete(job);
      });
    this.inFlight.add(job);
  }

  /** A lane: messages to one party in one trade, in their order. What comes while it runs makes it look again. */
  private startLane(tradeId: TradeId, lane: string): void {
    if (this.running.has(lane)) this.again.add(lane);
    else this.launch(lane, () => this.runLane(tradeId, lane));
  }

  private async runLane(tradeId: TradeId, lane: string): Promise<void> {
    try {
      do {
        this.again.delete(lane);
        await this.emptyLane(tradeId, lane);
      } while (this.again.has(lane) && !this.closed);
    } finally {
      // In the same turn as the last look at `again`: whoever comes later starts the lane anew.
      this.running.delete(lane);
      this.again.delete(lane);
    }
  }

  private async emptyLane(tradeId: TradeId, lane: string): Promise<void> {
    for (let more = true; more && !this.closed;) {
      const next = await this.headOf(tradeId, lane);
      // One that was postponed holds up its lane until its own time comes, or its addressee is heard.
      const isUrgent = this.urgent.delete(lane);
      const isDue = next !== undefined && (isUrgent || this.isDue(next));
      more = isDue && (await this.tryEffect(next));
    }
  }

  private async headOf(tradeId: TradeId, lane: string): Promise<EffectRow | undefined> {
    const known = this.known.waiting(lane);
    if (known) return known[0];
    const pending = await this.options.journal.pendingEffects({ tradeId });
    const waiting = pending.filter((effect) => effect.lane === lane);
    // What was committed while it was read may be in the answer or not: then it is read again for the next one.
    if (!this.again.has(lane)) this.known.learn(lane, waiting);
    return waiting[0];
  }

  private async tryOne(effect: EffectRow): Promise<void> {
    if (await this.mayTry(effect)) await this.tryEffect(effect);
  }

  /**
   * Everything but a payment may be done twice at once. A second payment under one hash is the node's to refuse, except
   * where the first has FAILED or was refused in between: then only the claim keeps it from being sent (S1).
   */
  private async mayTry({ key, kind }: EffectRow): Promise<boolean> {
    if (this.options.exclusive || kind !== 'pay') return true;
    const now = this.options.trades.now().timeMs;
    return this.options.journal.claimEffect(key, unixMs(now), unixMs(now + PAYING_MS));
  }

  /** Answers whether it is done. */
  private async tryEffect(effect: EffectRow): Promise<boolean> {
    try {
      const fact = await this.carryOut(effect);
      await this.finish(effect, fact);
      this.sent(effect);
      this.options.onTry?.(effect, 'done');
      return true;
    } catch (error) {
      this.options.onTry?.(effect, 'failed', error);
      await this.postpone(effect, error);
      return false;
    }
  }

  private async carryOut(effect: EffectRow): Promise<NewFact | undefined> {
    const stored = storedEffect(effect.body);
    if (stored.kind === 'send') return this.options.deliver(effect.tradeId, stored);
    const run = EFFECTS[stored.kind] as EffectOf<EffectKind>;
    return run(stored, await this.options.context(effect.tradeId));
  }

  private async finish(effect: EffectRow, fact: NewFact | undefined): Promise<void> {
    if (fact) {
      const outcome = await this.options.trades.submit(effect.tradeId, fact, { finishes: effect.key });
      if (outcome.result === 'taken') return;
      // What the node did must not be lost because the trade can't take it in now: it stays asked for, and is seen.
      if (outcome.result === 'refused') throw refused(outcome.refusal);
    }
    // Not waited for: where the mark is lost in a crash the effect is run again, as every effect may be (S26).
    this.options.journal.finishEffect(effect.key, fact?.kind ?? 'done').catch(this.options.onTrouble);
  }

  private sent(effect: EffectRow): void {
    const { lane } = effect;
    if (lane === undefined) return;
    this.known.remove(lane, effect);
    this.waiting.delete(lane);
    this.forgiven.delete(lane);
  }

  /** A database that fails here leaves the effect as it was: pending, found again by the next reconcile. */
  private async postpone(effect: EffectRow, error: unknown): Promise<void> {
    const { lane, attempts } = effect;
    if (lane !== undefined) {
      this.known.forget(lane);
      this.waiting.set(lane, attempts + 1);
    }
    const tries = Math.max(0, attempts - (this.forgiven.get(lane ?? '') ?? 0));
    const dueMs = this.options.trades.now().timeMs + backoff(tries);
    const why = error instanceof TercetError ? error.code : error instanceof Error ? error.name : 'unknown';
    try {
      await this.options.journal.postponeEffect(effect.key, unixMs(dueMs), why);
    } catch (failure) {
      this.options.onTry?.(effect, 'failed', failure);
    }
    this.options.later(effect.key, dueMs);
  }
}

const refused = ({ code, text, wayOut }: Refusal): TercetError => new TercetError(code, text, { wayOut });
