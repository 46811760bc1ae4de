/**
 * The executor: facts in, one transaction per fact, effects out (architecture.md "The one idea"). Serial per trade,
 * parallel over trades; the database's compare-and-swap is the guard between processes (S19, S22).
 */
import type { Commit, CommitResult, EffectRow, Journal, Seed } from '@tercet/journal';
import type { Envelope, Fact, StepResult, TradeData, TradeId, TradeState } from '@tercet/protocol';
import { initialState, partyOf, step, TercetError } from '@tercet/protocol';
import type { Clock } from './clock.js';
import { commitOf } from './commit.js';
import { storedFact, viewOf } from './stored.js';
import { KeyedLock } from './keyed-lock.js';
import { keyring, secretFor } from './keyring.js';
import type { Change, NewFact, Outcome, SubmitOptions, Trades, TradeView } from './port.js';

/** What happens after a commit: effects are tried, deadlines set, nodes watched. Never throws. */
export type AfterCommit = (change: Change, effects: EffectRow[], before: TradeState) => void;

/** A conflict means that another replica was faster; each retry reads its state anew. */
const MOST_CONFLICTS = 20;

export class Executor implements Trades {
  private readonly lock = new KeyedLock();
  private readonly cache = new Map<TradeId, TradeView>();
  private readonly listeners = new Set<(change: Change) => void>();

  constructor(
    private readonly journal: Journal,
    private readonly seed: Seed,
    private readonly clock: Clock,
    private readonly afterCommit: AfterCommit,
  ) {}

  now = () => this.clock.now();

  async submit(tradeId: TradeId, fact: NewFact, options: SubmitOptions = {}): Promise<Outcome> {
    return this.lock.run(tradeId, async () => {
      for (let tries = 0; tries < MOST_CONFLICTS; tries += 1) {
        const view = await this.load(tradeId);
        if (!view) throw tradeNotFound(tradeId);
        const outcome = await this.stepOnce(view, fact, options);
        if (outcome !== 'conflict') return outcome;
        this.cache.delete(tradeId);
      }
      throw new TercetError(
        'TRADE_BUSY',
        'Another process keeps changing this trade. Nothing was changed by this call.',
        {
          wayOut: 'Try again.',
        },
      );
    });
  }

  async create(data: TradeData, fact: NewFact, options: SubmitOptions = {}): Promise<Outcome> {
    const outcome = await this.lock.run(data.tradeId, async () => {
      if (await this.load(data.tradeId)) return 'exists';
      const state = initialState(partyOf(data), data);
      return this.stepOnce({ tradeId: data.tradeId, sequence: 0, terminal: false, state }, fact, options);
    });
    if (outcome === 'exists' || outcome === 'conflict') return this.submit(data.tradeId, fact, options);
    return outcome;
  }

  async view(tradeId: TradeId): Promise<TradeView | undefined> {
    return this.load(tradeId);
  }

  async list(filter?: { terminal?: boolean }): Promise<TradeView[]> {
    return (await this.journal.list(filter)).map(viewOf);
  }

  async facts(tradeId: TradeId): Promise<{ sequence: number; fact: Fact; envelope?: Envelope }[]> {
    const rows = await this.journal.facts(tradeId);
    return rows.map(({ sequence, fact }) => {
      const stored = storedFact(fact);
      return { sequence, fact: stored.fact, envelope: stored.envelope };
    });
  }

  onChange(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private async load(tradeId: TradeId): Promise<TradeView | undefined> {
    const cached = this.cache.get(tradeId);
    if (cached) return cached;
    const row = await this.journal.load(tradeId);
    if (!row) return undefined;
    const view = viewOf(row);
    if (!view.terminal) this.cache.set(tradeId, view);
    return view;
  }

  private async stepOnce(
    view: TradeView,
    fact: NewFact,
    options: SubmitOptions,
  ): Promise<Outcome | 'conflict'> {
    const taken: Fact = { ...fact, at: this.clock.now() };
    const result = this.compute(view.state, taken);
    if (result.result === 'ignored') return result;
    if (result.result === 'refused') return result;
    const keys = keyring(this.seed, secretFor(this.seed, result.state.data));
    const commit = commitOf({ view, fact: taken, result, options, keys });
    return this.write(view, commit, { fact: taken, result });
  }

  /** A fault of the input that only shows while it is read (a seal that doesn't open) is a refusal, not a crash (S25). */
  private compute(state: TradeState, fact: Fact): StepResult {
    const keys = keyring(this.seed, secretFor(this.seed, state.data));
    try {
      return step(partyOf(state.data), state, fact, { keys });
    } catch (error) {
      if (!(error instanceof TercetError)) throw error;
      return { result: 'refused', refusal: { code: error.code, text: error.message, wayOut: error.wayOut } };
    }
  }

  private async write(
    view: TradeView,
    commit: Commit,
    done: { fact: Fact; result: StepResult & { result: 'taken' } },
  ): Promise<Outcome | 'conflict'> {
    const answer = await this.journal.commit(commit);
    if (answer.result !== 'committed') return notWritten(answer);
    const { state, terminal, path } = done.result;
    const after: TradeView = { tradeId: view.tradeId, sequence: answer.sequence, terminal, state };
    if (terminal) this.cache.delete(view.tradeId);
    else this.cache.set(view.tradeId, after);
    const change: Change = { trade: after, fact: done.fact, path };
    this.afterCommit(change, answer.effects, view.state);
    for (const listener of this.listeners) listener(change);
    return { result: 'taken', sequence: answer.sequence };
  }
}

function notWritten(answer: Exclude<CommitResult, { result: 'committed' }>): Outcome | 'conflict' {
  switch (answer.result) {
    case 'conflict':
      return 'conflict';
    case 'duplicate':
      return { result: 'ignored' };
    case 'hashInUse':
      return {
        result: 'refused',
        refusal: {
          code: 'HASH_IN_USE',
          text: 'A payment hash of this step was used in another trade before. Nothing was paid.',
          wayOut:
            'Ask the other side for a fresh invoice; if it repeats, it may be trying to be paid once for two trades.',
        },
      };
    case 'claimed':
      return {
        result: 'refused',
        refusal: {
          code: 'ORDER_TAKEN',
          text: 'Another trade holds this order now. Nothing was paid.',
          wayOut: 'Take another order, or try again when this one is open again.',
        },
      };
  }
}

export const tradeNotFound = (tradeId: TradeId) =>
  new TercetError('TRADE_NOT_FOUND', 'There is no such trade here. Nothing was changed.', {
    wayOut: 'List the trades with: tercet trades',
    details: { tradeId },
  });
