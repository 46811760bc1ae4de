/**
 * The kill switch (S35): stops new trades and payouts, and survives a restart. It knows nothing of holds: a refund, a
 * cancel, a claim and a settle never ask it.
 */
import type { Journal, Json } from '@tercet/journal';
import type { UnixMs } from '@tercet/protocol';
import { TercetError, unixMs } from '@tercet/protocol';
import { KeptRead } from './kept-read.js';

export interface Stop {
  reason: string;
  /** Scope of the token that it came with. */
  by: string;
  sinceMs: UnixMs;
}

interface Parts {
  journal: Pick<Journal, 'putDocument' | 'documents'>;
  nowMs: () => number;
  /** No other process writes to this journal; where replicas do, each question is asked of the database. */
  exclusive: boolean;
}

const KIND = 'killSwitch';
/** Every turn of it is kept under its number; the last says how it stands, whatever the clock did in between. */
const DIGITS = 16;
type Turn = {
  on: boolean;
  reason: string;
  by: string;
  atMs: number;
};
interface Turns {
  last?: Turn;
  /** Of the next one. */
  number: number;
}

export class KillSwitch {
  private known: Stop | undefined;
  private readonly turns: KeptRead<Turns>;

  constructor(private readonly parts: Parts) {
    this.turns = new KeptRead(parts.exclusive, () => this.fromJournal());
  }

  /** As it was last seen: for what can't wait. */
  get last(): Stop | undefined {
    return this.known;
  }

  /** How it stands. */
  async stop(): Promise<Stop | undefined> {
    return stopOf((await this.turns.get()).last);
  }

  /** Throws TRADING_STOPPED. */
  async assertTrading(): Promise<void> {
    const stop = await this.stop();
    if (stop) throw stopped();
  }

  /** Turns it; on again while it is on changes nothing. Answers the stop that stands, or stood until now. */
  async turn(on: boolean, reason: string, by: string): Promise<Stop | undefined> {
    const before = await this.stop();
    if (on === (before !== undefined)) return before;
    const { number } = await this.turns.get();
    const turn: Turn = { on, reason, by, atMs: this.parts.nowMs() };
    await this.parts.journal.putDocument(KIND, String(number).padStart(DIGITS, '0'), turn);
    this.turns.forget();
    const now = await this.stop();
    return on ? now : before;
  }

  private async fromJournal(): Promise<Turns> {
    const newest = (await this.parts.journal.documents(KIND)).at(-1);
    const last = newest && turnOf(newest.value);
    this.known = stopOf(last);
    return { last, number: newest ? Number(newest.id) + 1 : 0 };
  }
}

const turnOf = (value: Json): Turn => value as Turn;
const stopOf = (last: Turn | undefined): Stop | undefined =>
  last?.on === true ? { reason: last.reason, by: last.by, sinceMs: unixMs(last.atMs) } : undefined;

/** Told to peers too, so it says nothing of the reason. */
const stopped = () =>
  new TercetError('TRADING_STOPPED', 'This daemon takes no new trades now. Nothing was paid.', {
    wayOut: 'Its operator has stopped trading; "tercet resume" takes it up again.',
  });
