/**
 * Follows every live line of every account book at the node: looks it up first, then streams (S23). A stream that breaks
 * is taken up again; `absent` ends a watch without any conclusion (S24), the reconcile loop starts it anew.
 */
import type { HeldHtlc, InvoiceState, LightningNode } from '@tercet/lightning';
import type { LedgerEntry, PaymentHash, TradeData, TradeId } from '@tercet/protocol';
import { isLive, TercetError } from '@tercet/protocol';
import { factOf } from '../effects/pay.js';
import type { NewFact, Trades } from '../executor/port.js';
import { pause } from './pause.js';

export interface WatcherOptions {
  lightning: Pick<LightningNode, 'watchInvoice' | 'watchPayment'>;
  trades: Pick<Trades, 'submit'>;
  /** Told once of a stream that broke, however often it breaks again before it tells something. */
  onError: (tradeId: TradeId, hash: PaymentHash, error: unknown) => void;
  /** Before a broken stream is taken up again; doubled each time up to ten times as long. */
  retryMs?: number;
}

const RETRY_MS = 1000;
const LONGEST = 10;

/** The node says that it is over, or that it knows nothing of it: either way nothing more is to be heard. */
type Heard = { fact?: NewFact; isLast: boolean };

export class NodeWatcher {
  private readonly running = new Map<string, Promise<void>>();
  private readonly stop = new AbortController();

  constructor(private readonly options: WatcherOptions) {}

  /** Watches what is live in a trade and isn't watched yet. */
  follow(tradeId: TradeId, data: TradeData): void {
    for (const entry of data.ledger) {
      if (isLive(entry)) this.start(tradeId, entry);
    }
  }

  /** How many hashes are followed now. */
  get size(): number {
    return this.running.size;
  }

  async close(): Promise<void> {
    this.stop.abort();
    await Promise.allSettled(this.running.values());
  }

  private start(tradeId: TradeId, entry: LedgerEntry): void {
    const name = `${tradeId}/${entry.kind}/${entry.hash}`;
    if (this.stop.signal.aborted || this.running.has(name)) return;
    const job = this.watch(tradeId, entry).finally(() => this.running.delete(name));
    this.running.set(name, job);
  }

  private async watch(tradeId: TradeId, entry: LedgerEntry): Promise<void> {
    const { signal } = this.stop;
    const stopped = () => signal.aborted;
    for (let broken = 0; !stopped();) {
      try {
        for await (const { fact, isLast } of this.heard(entry)) {
          if (fact) await this.submit(tradeId, fact);
          if (isLast) return;
          broken = 0;
        }
        // A node that shuts down ends its streams without a word: that is no final state.
        if (!stopped()) throw ended();
      } catch (error) {
        if (stopped()) return;
        if (broken === 0) this.options.onError(tradeId, entry.hash, error);
        await pause(this.waitMs(broken), signal);
        broken += 1;
      }
    }
  }

  /** Spread out: of thousands of streams that broke at once not all ask the node in the same moment. */
  private waitMs(broken: number): number {
    const longest = (this.options.retryMs ?? RETRY_MS) * Math.min(2 ** broken, LONGEST);
    return longest * (0.5 + Math.random() / 2);
  }

  private async submit(tradeId: TradeId, fact: NewFact): Promise<void> {
    const outcome = await this.options.trades.submit(tradeId, fact);
    if (outcome.result !== 'refused') return;
    const { code, text, wayOut } = outcome.refusal;
    throw new TercetError(code, text, { wayOut });
  }

  private async *heard(entry: LedgerEntry): AsyncIterable<Heard> {
    const { lightning } = this.options;
    const { hash } = entry;
    if (entry.kind === 'payment') {
      for await (const state of lightning.watchPayment(hash, this.stop.signal))
        yield { fact: factOf(hash, state), isLast: state.state !== 'inFlight' };
    } else {
      for await (const state of lightning.watchInvoice(hash, this.stop.signal))
        yield {
          fact: invoiceFact(entry, state),
          isLast: state.state !== 'open' && state.state !== 'accepted',
        };
    }
  }
}

const ended = () =>
  new TercetError('NODE_UNAVAILABLE', 'The node ended a stream before it was over.', {
    wayOut: 'It is taken up again by itself.',
  });

/** What a look-up of an invoice of ours says, as a fact; nothing while it is open. */
export function invoiceFact(
  entry: Pick<LedgerEntry, 'kind' | 'hash'>,
  state: InvoiceState,
): NewFact | undefined {
  const { hash } = entry;
  const hold = entry.kind === 'hold';
  switch (state.state) {
    case 'absent':
    case 'open':
      return undefined;
    case 'accepted':
      return hold
        ? { kind: 'holdAccepted', hash, receivedMsat: state.receivedMsat, htlcs: state.htlcs.filter(isHeld) }
        : undefined;
    case 'settled':
      return hold
        ? { kind: 'holdSettled', hash }
        : { kind: 'invoicePaid', hash, receivedMsat: state.receivedMsat };
    case 'cancelled':
      return hold ? { kind: 'holdCancelled', hash } : { kind: 'invoiceCancelled', hash };
  }
}

const isHeld = (htlc: HeldHtlc): boolean => htlc.state === 'held';
