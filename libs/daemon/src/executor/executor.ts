/**
 * The executor: facts in, one transaction per fact, effects out (architecture.md "The one idea"). Serial per trade,
 * parallel over trades; the database's compare-and-swap is the guard between processes (S19, S22).
 */
import type { Commit, CommitResult, EffectRow, Journal, NewestFilter } from '@tercet/journal';
import type {
  At,
  Envelope,
  Fact,
  PaymentHash,
  SignedOrder,
  StepResult,
  TermsHash,
  TradeData,
  TradeId,
  TradeState,
} from '@tercet/protocol';
import { initialState, partyOf, step, TercetError } from '@tercet/protocol';
import { BoundedMap } from './bounded-map.js';
import { isReached, type Clock } from './clock.js';
import { commitOf } from './commit.js';
import { storedFact, viewOf } from './stored.js';
import { KeyedLock } from './keyed-lock.js';
import type { Keyrings } from './keyring.js';
import type { Change, NewFact, Outcome, SubmitOptions, Trades, TradeView } from './port.js';
import { orderClaim, termsName } from './taken-names.js';

/** What happens after a commit: effects are tried, deadlines set, nodes watched. Never throws. */
export type AfterCommit = (change: Change, effects: EffectRow[], before: TradeState) => void;

export interface ExecutorOptions {
  journal: Pick<
    Journal,
    | 'commit'
    | 'load'
    | 'openTrades'
    | 'newestTrades'
    | 'heads'
    | 'idsBeginning'
    | 'hashHolder'
    | 'claimHolder'
    | 'facts'
  >;
  keyrings: Pick<Keyrings, 'of'>;
  clock: Clock;
  afterCommit: AfterCommit;
  /**
   * No other process writes to this journal, so a state may be kept between two steps. Where replicas share a database
   * each step reads its state: an old one would refuse or ignore what is due, and effects would act on it (S22).
   */
  exclusive: boolean;
  /** Throws where no new trade is taken; one that runs is never asked. */
  mayBegin: () => Promise<void>;
  /** Told of a listener that threw: the step it heard of is committed all the same (S7). */
  onTrouble: (tradeId: TradeId, error: unknown) => void;
}

/** A conflict means that another replica was faster; each retry reads its state anew. */
const MOST_CONFLICTS = 20;
/**
 * Trades whose state is kept between two steps; of the others it is read again. The last messages and looks of one that is
 * over need it too.
 */
const MOST_KEPT = 1_000;

export class Executor implements Trades {
  private readonly lock = new KeyedLock();
  private readonly cache = new BoundedMap<TradeId, TradeView>(MOST_KEPT);
  private readonly listeners = new Set<(change: Change) => void>();

  constructor(private readonly options: ExecutorOptions) {}

  now = () => this.options.clock.now();

  async submit(tradeId: TradeId, fact: NewFact, options: SubmitOptions = {}): Promise<Outcome> {
    return this.lock.run(tradeId, async () => {
      for (let tries = 0; tries < MOST_CONFLICTS; tries += 1) {
        const view = await this.load(tradeId);
        if (!view) throw tradeNotFound(tradeId);
        const outcome = await this.stepOnce(view, fact, options);
        if (outcome !== 'conflict') return outcome;
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
      await this.options.mayBegin();
      // One that is refused at once began now too: what it says of its beginning is never changed afterwards.
      const startedMs = data.startedMs === 0 ? this.now().timeMs : data.startedMs;
      const state = initialState(partyOf(data), { ...data, startedMs });
      return this.stepOnce({ tradeId: data.tradeId, sequence: 0, terminal: false, state }, fact, options);
    });
    if (outcome === 'exists' || outcome === 'conflict') return this.submit(data.tradeId, fact, options);
    return outcome;
  }

  async view(tradeId: TradeId): Promise<TradeView | undefined> {
    const kept = this.cache.get(tradeId);
    if (kept) return kept;
    const row = await this.options.journal.load(tradeId);
    return row && viewOf(row);
  }

  async *open(): AsyncGenerator<TradeView> {
    for await (const row of this.options.journal.openTrades()) yield viewOf(row);
  }

  async *newest(filter?: NewestFilter): AsyncGenerator<TradeView> {
    for await (const row of this.options.journal.newestTrades(filter)) yield viewOf(row);
  }

  heads = () => this.options.journal.heads();

  idsBeginning = (digits: string, most: number) => this.options.journal.idsBeginning(digits, most);

  async ofTerms(termsHash: TermsHash): Promise<TradeView | undefined> {
    const tradeId = await this.options.journal.hashHolder(termsName(termsHash));
    return tradeId === undefined ? undefined : this.view(tradeId);
  }

  holderOf = (order: SignedOrder) => this.options.journal.claimHolder(orderClaim(order));

  async facts(tradeId: TradeId): Promise<{ sequence: number; fact: Fact; envelope?: Envelope }[]> {
    const rows = await this.options.journal.facts(tradeId);
    return rows.map(({ sequence, fact }) => {
      const stored = storedFact(fact);
      return { sequence, fact: stored.fact, envelope: stored.envelope };
    });
  }

  onChange(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Within the lock of the trade, so that what is kept is never older than what was committed. */
  private async load(tradeId: TradeId): Promise<TradeView | undefined> {
    const view = await this.view(tradeId);
    if (view) this.keep(view);
    return view;
  }

  private async stepOnce(
    view: TradeView,
    fact: NewFact,
    options: SubmitOptions,
  ): Promise<Outcome | 'conflict'> {
    const taken: Fact = { ...fact, at: this.options.clock.now() };
    if (taken.kind === 'due' && !isDue(view.state.deadlines[taken.name], taken.at))
      return { result: 'ignored' };
    // What the node says, or a release, can't be refused for an invoice that somebody else gave: it counts without that.
    for (const used: PaymentHash[] = []; ;) {
      const written = await this.stepAndWrite(view, used.length === 0 ? taken : { ...taken, used }, options);
      const hash = written.result === 'hashInUse' ? (written.hash as PaymentHash) : undefined;
      if (hash === undefined || used.includes(hash)) return outcomeOf(written);
      used.push(hash);
    }
  }

  private async stepAndWrite(view: TradeView, fact: Fact, options: SubmitOptions): Promise<Written> {
    const result = this.compute(view.state, fact);
    if (result.result !== 'taken') return result;
    const keys = this.options.keyrings.of(result.state.data);
    return this.write(view, commitOf({ view, fact, result, options, keys }), { fact, result });
  }

  /** A fault of the input that only shows while it is read (a seal that doesn't open) is a refusal, not a crash (S25). */
  private compute(state: TradeState, fact: Fact): StepResult {
    const keys = this.options.keyrings.of(state.data);
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
  ): Promise<Written> {
    const answer = await this.commit(commit);
    if (answer.result !== 'committed') return answer;
    const { state, terminal, path, rows } = done.result;
    const after: TradeView = { tradeId: view.tradeId, sequence: answer.sequence, terminal, state };
    this.keep(after);
    const change: Change = { trade: after, fact: done.fact, path, rows };
    this.options.afterCommit(change, answer.effects, view.state);
    this.tell(change);
    return { result: 'taken', sequence: answer.sequence };
  }

  /** After an error (written or not, nobody knows) or somebody else's step, what is known is read again. */
  private async commit(commit: Commit): Promise<CommitResult> {
    let inDoubt = true;
    try {
      const answer = await this.options.journal.commit(commit);
      inDoubt = answer.result === 'conflict' || answer.result === 'duplicate';
      return answer;
    } finally {
      if (inDoubt) this.cache.delete(commit.tradeId);
    }
  }

  private keep(view: TradeView): void {
    if (this.options.exclusive) this.cache.set(view.tradeId, view);
  }

  private tell(change: Change): void {
    for (const listener of this.listeners) {
      try {
        listener(change);
      } catch (error) {
        this.options.onTrouble(change.trade.tradeId, error);
      }
    }
  }
}

/** What came of a step: as it is answered, or why nothing was written. */
type Written = Outcome | Exclude<CommitResult, { result: 'committed' }>;

/** A deadline is fired by its name, from a list that was read before: what bears the name now may be later, or gone (S21). */
const isDue = (at: TradeState['deadlines'][string] | undefined, now: At): boolean =>
  at !== undefined && isReached(at, now);

function outcomeOf(answer: Written): Outcome | 'conflict' {
  switch (answer.result) {
    case 'taken':
    case 'ignored':
    case 'refused':
      return answer;
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
