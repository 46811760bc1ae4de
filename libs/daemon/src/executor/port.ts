/** The executor as services, peers, watchers and jobs see it. */
import type { NewestFilter, TradeHead } from '@tercet/journal';
import type {
  At,
  Envelope,
  Fact,
  Refusal,
  Row,
  SignedOrder,
  TermsHash,
  TradeData,
  TradeId,
  TradeState,
} from '@tercet/protocol';

/** A fact before it is taken in: the executor adds tip and time. */
export type NewFact = Fact extends infer F ? (F extends Fact ? Omit<F, 'at'> : never) : never;

export type Outcome =
  | { result: 'taken'; sequence: number }
  /** Known already, or stale: all is well, nothing changed (S21). */
  | { result: 'ignored' }
  | { result: 'refused'; refusal: Refusal };

export interface TradeView {
  tradeId: TradeId;
  sequence: number;
  terminal: boolean;
  state: TradeState;
}

/** A step that was committed. */
export interface Change {
  trade: TradeView;
  fact: Fact;
  /** Rows taken, as `escrow.paying:locked`. */
  path: string[];
  /** The same rows as the tables have them. */
  rows: Row[];
}

export interface SubmitOptions {
  /** Id under which a second one is a duplicate (S21). */
  eventId?: string;
  /** The effect whose result this is: done in the same transaction. */
  finishes?: string;
  /** Kept beside the fact as evidence. */
  envelope?: Envelope;
}

export interface Trades {
  /** Takes a fact in: serial per trade, parallel over trades (S22). Throws TRADE_NOT_FOUND. */
  submit(tradeId: TradeId, fact: NewFact, options?: SubmitOptions): Promise<Outcome>;
  /** Creates a trade with its first fact. A trade that exists already gets the fact instead. */
  create(data: TradeData, fact: NewFact, options?: SubmitOptions): Promise<Outcome>;
  view(tradeId: TradeId): Promise<TradeView | undefined>;
  /** Those that aren't over, one after the other: there may be any number of them. */
  open(): AsyncIterable<TradeView>;
  /** One after the other, the newest first; all that ever were unless the filter says which. */
  newest(filter?: NewestFilter): AsyncIterable<TradeView>;
  /** How far each has come that ever was, in order of creation; no state is read. */
  heads(): AsyncIterable<TradeHead>;
  /** Ids that begin with these hex digits, no more than so many. */
  idsBeginning(digits: string, most: number): Promise<TradeId[]>;
  /** The trade that has these terms. */
  ofTerms(termsHash: TermsHash): Promise<TradeView | undefined>;
  /** The trade that holds the order at its maker, over or not. */
  holderOf(order: SignedOrder): Promise<TradeHead | undefined>;
  facts(tradeId: TradeId): Promise<{ sequence: number; fact: Fact; envelope?: Envelope }[]>;
  /** Told of every committed step, in the order of commits of one trade. Answers how to stop. */
  onChange(listener: (change: Change) => void): () => void;
  now(): At;
}
