/**
 * What was sent within the last hour (S35, S37): written to the journal before each payment, so that a restart forgets
 * nothing. Routing fees aren't in it. What FAILED has not left, and is taken out.
 */
import type { Journal, Json } from '@tercet/journal';
import type { Msat, PaymentHash } from '@tercet/protocol';
import { msat } from '@tercet/protocol';
import { isWithin } from '../executor/clock.js';
import { KeyedLock } from '../executor/keyed-lock.js';
import { KeptRead } from './kept-read.js';

const KIND = 'sent';
const HOUR_MS = 60 * 60 * 1000;

type Sent = { amountMsat: bigint; atMs: number };
type Entries = Map<PaymentHash, Sent>;

interface Parts {
  journal: Pick<Journal, 'putDocument' | 'documents' | 'deleteDocument'>;
  nowMs: () => number;
  /**
   * No other process writes to this journal. Where replicas do, what they sent is read each time; two that send in the
   * same moment don't see one another.
   */
  exclusive: boolean;
}

export class SpendBook {
  private readonly entries: KeptRead<Entries>;
  private readonly lock = new KeyedLock();

  constructor(private readonly parts: Parts) {
    this.entries = new KeptRead(parts.exclusive, () => this.fromJournal());
  }

  /** Sum of the last hour. */
  async sentMsat(): Promise<Msat> {
    return this.sum(await this.entries.get());
  }

  /**
   * Enters a payment that is about to be sent, if it fits: within the cap, or alone in its hour, since what is owed has to
   * go out some day. Answers whether it does. One that is in already, from a try before, stays in.
   */
  async enter(hash: PaymentHash, amountMsat: Msat, capMsat: bigint | 'none'): Promise<boolean> {
    const entered = await this.lock.run(KIND, async () => {
      const entries = await this.entries.get();
      if (this.isRecent(entries.get(hash))) return { written: undefined };
      const sum = this.sum(entries);
      if (capMsat !== 'none' && sum > 0n && sum + amountMsat > capMsat) return undefined;
      const sent = { amountMsat, atMs: this.parts.nowMs() };
      entries.set(hash, sent);
      const written = this.write(entries, hash, sent);
      // Here the next one sees it in what is kept already; where replicas write, it reads the database.
      if (!this.parts.exclusive) await written;
      return { written };
    });
    await entered?.written;
    return entered !== undefined;
  }

  private async write(entries: Entries, hash: PaymentHash, sent: Sent): Promise<void> {
    try {
      await this.parts.journal.putDocument(KIND, hash, sent);
    } catch (error) {
      entries.delete(hash);
      throw error;
    }
  }

  /** The node says that nothing left. */
  async giveBack(hash: PaymentHash): Promise<void> {
    const entries = await this.entries.get();
    if (entries.delete(hash)) await this.parts.journal.deleteDocument(KIND, hash);
  }

  /** Forgets what is older than an hour. */
  async prune(): Promise<void> {
    const old = [...(await this.entries.get())].filter(([, sent]) => !this.isRecent(sent));
    await Promise.all(old.map(([hash]) => this.giveBack(hash)));
  }

  private async fromJournal(): Promise<Entries> {
    const rows = await this.parts.journal.documents(KIND);
    return new Map(rows.map(({ id, value }) => [id as PaymentHash, sentOf(value)]));
  }

  private isRecent(sent: Sent | undefined): boolean {
    return sent !== undefined && isWithin(sent.atMs, this.parts.nowMs(), HOUR_MS);
  }

  private sum(entries: Entries): Msat {
    const recent = [...entries.values()].filter((sent) => this.isRecent(sent));
    return msat(recent.reduce((sum, { amountMsat }) => sum + amountMsat, 0n));
  }
}

const sentOf = (value: Json): Sent => value as Sent;
