/**
 * The store of one daemon. A step of a trade is one transaction: the fact, the new state, the effects it asks for, the
 * deadlines it sets and clears, and the hashes and claims it takes (architecture.md "Storage").
 * `Json` values may hold bigint, at any depth; they are written encrypted with a key from the seed (S35).
 */
import type { Height, TradeId, UnixMs } from '@tercet/protocol';

export type Json = null | boolean | number | string | bigint | Json[] | { [key: string]: Json | undefined };

export interface TradeRow {
  tradeId: TradeId;
  /** Which party of which engine and shape: the table that reads the state, `maker` | `taker` | `agent`. */
  role: string;
  /** How many facts are in; the version of the state (S19). */
  sequence: number;
  terminal: boolean;
  state: Json;
}

/** How far a trade has come: what is known of it without opening its state. */
export type TradeHead = Pick<TradeRow, 'tradeId' | 'sequence' | 'terminal'>;

export interface EffectRow {
  /** Unique; derived from trade, sequence and index, so that asking twice is one effect. */
  key: string;
  tradeId: TradeId;
  kind: string;
  body: Json;
  /** Effects of one lane go out one after another, in the order they were asked for; undefined = at once. */
  lane?: string;
  attempts: number;
  /** Not before this time (backoff); 0 until the first failed try. */
  dueMs: UnixMs;
  /** Why the last try failed. */
  lastError?: string;
}

/** Height or time at which a fact `due` is given to the trade. */
export interface DeadlineRow {
  tradeId: TradeId;
  name: string;
  at: { height: Height } | { timeMs: UnixMs };
}

export interface Commit {
  tradeId: TradeId;
  /** The sequence the step was computed from; another one in the database = nothing is written (S19, S22). 0 creates the trade. */
  expectedSequence: number;
  role: string;
  fact: Json;
  state: Json;
  terminal: boolean;
  /** The step may open a trade that was over: a debt turned up (S56). Without it such a step is a fault (S20). */
  reopens?: boolean;
  effects: { kind: string; body: Json; lane?: string }[];
  deadlines: { set: { name: string; at: DeadlineRow['at'] }[]; clear: string[] };
  /** Payment hashes the trade takes into use, and that of its terms; unique over all trades, ever (S12). */
  hashes: { hash: string; purpose: string }[];
  /** Things only one live trade may hold (an order). Taken and given back. */
  claims: { take: string[]; release: string[] };
  /** The effect whose result this fact is: marked done in the same transaction. */
  finishes?: { effectKey: string; outcome: string };
  /** Id of the envelope or node event the fact came by; a second one with it is `duplicate` (S21, S26). */
  eventId?: string;
}

export type CommitResult =
  | { result: 'committed'; sequence: number; effects: EffectRow[] }
  /** Somebody else was faster: read again, step again. */
  | { result: 'conflict' }
  /** The event, or the result of the effect, is in already. */
  | { result: 'duplicate' }
  | { result: 'hashInUse'; hash: string }
  | { result: 'claimed'; claim: string };

export interface TimeDeadline {
  tradeId: TradeId;
  name: string;
  timeMs: UnixMs;
}

export interface NewestFilter {
  open?: boolean;
  before?: TradeId;
}

/** Those whose id comes after that one, no more than so many. */
export interface DocumentPage {
  after: string;
  most: number;
}

export interface PendingFilter {
  /** Of this trade; of all without it. */
  tradeId?: TradeId;
  /** That are due then. */
  dueBeforeMs?: UnixMs;
  /** That were tried in vain. */
  failed?: boolean;
}

export interface Journal {
  /**
   * One transaction. Anything but `committed` wrote nothing. A thrown error means unknown (a connection lost while the
   * database answered): read the trade again before stepping, the sequence tells.
   */
  commit(commit: Commit): Promise<CommitResult>;
  load(tradeId: TradeId): Promise<TradeRow | undefined>;
  /** Those that aren't over, in order of creation; read in pages, so that there may be any number of them. */
  openTrades(): AsyncIterable<TradeRow>;
  /**
   * The newest first, read in pages and opened one by one. `open`: those only that aren't over; `before`: those only that
   * were begun before that trade.
   */
  newestTrades(filter?: NewestFilter): AsyncIterable<TradeRow>;
  /** Of every trade that ever was, in order of creation; read in pages, and nothing is opened. */
  heads(): AsyncIterable<TradeHead>;
  /** How many there are that aren't over. */
  openCount(): Promise<number>;
  /** Ids that begin so, in their order; no more than so many. */
  idsBeginning(digits: string, most: number): Promise<TradeId[]>;
  /** Which trade has taken the hash into use. */
  hashHolder(hash: string): Promise<TradeId | undefined>;
  /** Which trade holds the claim, over or not. */
  claimHolder(claim: string): Promise<TradeHead | undefined>;
  facts(tradeId: TradeId, afterSequence?: number): Promise<{ sequence: number; fact: Json }[]>;

  /** Unfinished effects, oldest first. */
  pendingEffects(filter?: PendingFilter): Promise<EffectRow[]>;
  /** All effects a trade ever asked for, done or not, in their order: evidence. */
  effectsOf(tradeId: TradeId): Promise<EffectRow[]>;
  effect(key: string): Promise<(EffectRow & { done: boolean; outcome?: string }) | undefined>;
  /**
   * Takes an unfinished effect that is due for itself until then: of several processes that ask, one is told true. It is due
   * again for all at that time, or when it is postponed.
   */
  claimEffect(key: string, now: UnixMs, until: UnixMs): Promise<boolean>;
  /** After a failed try. */
  postponeEffect(key: string, dueMs: UnixMs, why: string): Promise<void>;
  /**
   * An effect that gives no fact. From the call on it is finished for whoever reads here; resolved once it is so on disk,
   * by the next flush. Where a crash comes before that the effect is pending again (S26).
   */
  finishEffect(key: string, outcome: string): Promise<void>;

  /** Reached, `now` included; they stay until a step clears them. */
  dueDeadlines(now: { height: Height; timeMs: UnixMs }): Promise<DeadlineRow[]>;
  /** By the clock, not by blocks: all, or those reached before a time; the earliest first. */
  timeDeadlines(beforeMs?: UnixMs): Promise<TimeDeadline[]>;

  /** Small documents beside the trades (own orders, known agents, the sequence of a token file), encrypted too. */
  putDocument(kind: string, id: string, value: Json): Promise<void>;
  document(kind: string, id: string): Promise<Json | undefined>;
  /** All of a kind, or a page of them, in the order of their ids. */
  documents(kind: string, page?: DocumentPage): Promise<{ id: string; value: Json }[]>;
  deleteDocument(kind: string, id: string): Promise<void>;

  /** Written commits since it was opened: for the metrics and the benchmarks. */
  readonly commits: number;
  close(): Promise<void>;
}
