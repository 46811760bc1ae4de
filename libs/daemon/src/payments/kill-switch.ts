/**
 * The kill switch (S35): stops new trades and payouts, and survives a restart. It knows nothing of holds: a refund, a
 * cancel, a claim and a settle never ask it.
 */
import type { Journal } from '@tercet/journal';
import type { UnixMs } from '@tercet/protocol';
import { TercetError, unixMs } from '@tercet/protocol';

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
/** Every turn of it is kept; the newest says how it stands. */
interface Turn {
  on: boolean;
  reason: string;
  by: string;
  atMs: number;
}

export class KillSwitch {
  private known: Stop | undefined;
  private read: Promise<Stop | undefined> | undefined;

  constructor(private readonly parts: Parts) {}

  /** As it was last seen: for what can't wait. */
  get last(): Stop | undefined {
    return this.known;
  }

  /** How it stands. */
  async stop(): Promise<Stop | undefined> {
    if (this.parts.exclusive && this.read) return this.read;
    const read = this.fromJournal();
    this.read = read;
    read.catch(() => {
      // Asked again by the next one.
      if (this.read === read) this.read = undefined;
    });
    return read;
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
    const turn: Turn = { on, reason, by, atMs: this.parts.nowMs() };
    await this.parts.journal.putDocument(KIND, String(turn.atMs).padStart(16, '0'), { ...turn });
    this.read = undefined;
    const now = await this.stop();
    return on ? now : before;
  }

  private async fromJournal(): Promise<Stop | undefined> {
    const turns = await this.parts.journal.documents(KIND);
    const newest = turns.at(-1)?.value as Turn | undefined;
    this.known =
      newest?.on === true
        ? { reason: newest.reason, by: newest.by, sinceMs: unixMs(newest.atMs) }
        : undefined;
    return this.known;
  }
}

/** Told to peers too, so it says nothing of the reason. */
const stopped = () =>
  new TercetError('TRADING_STOPPED', 'This daemon takes no new trades now. Nothing was paid.', {
    wayOut: 'Its operator has stopped trading; "tercet resume" takes it up again.',
  });
