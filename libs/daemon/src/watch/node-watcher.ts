/**
 * Follows every live line of every account book at the node: looks it up first, then streams (S23). A stream that breaks
 * is taken up again; `absent` ends a watch without any conclusion (S24), the reconcile loop starts it anew.
 */
import type { HeldHtlc, InvoiceState, LightningNode } from '@tercet/lightning';
import type { At, LedgerEntry, PaymentHash, TradeData, TradeId } from '@tercet/protocol';
import { enterFact, height, isLive, TercetError, unixMs } from '@tercet/protocol';
import { factOf } from '../effects/pay.js';
import type { NewFact, Trades } from '../executor/port.js';
import { pauseSpread, type Pause } from './pause.js';

export interface WatcherOptions {
  lightning: Pick<LightningNode, 'watchInvoice' | 'watchPayment'>;
  trades: Pick<Trades, 'submit'>;
  /** Told once of a stream that broke, however often it breaks again before it tells something. */
  onError: (tradeId: TradeId, hash: PaymentHash, error: unknown) => void;
  /** Before a broken stream is taken up again; doubled each time up to ten times as long. */
  retryMs?: number;
  pause?: Pause;
}

const RETRY_MS = 1000;
const LONGEST = 10;

/** The node says that it is over, or that it knows nothing of it: either way nothing more is to be heard. */
type Heard = { fact?: NewFact; isLast: boolean };

interface Watch {
  job: Promise<void>;
  /** One each: a signal looks through its listeners for each that it is given, and there may be thousands. */
  stop: AbortController;
}

export class NodeWatcher {
  private readonly running = new Map<string, Watch>();
  /** Of those that run, whose stream has answered since it began: looked up, and followed from there. */
  private readonly answered = new Set<string>();
  private closed = false;

  constructor(private readonly options: WatcherOptions) {}

  /** Watches what is live in a trade and isn't watched yet. */
  follow(tradeId: TradeId, data: TradeData): void {
    for (const entry of data.ledger) {
      if (isLive(entry)) this.start(tradeId, entry);
    }
  }

  /** How many hashes are to be followed now. */
  get size(): number {
    return this.running.size;
  }

  /** For how many of them the node has answered. */
  get heardOf(): number {
    return this.answered.size;
  }

  async close(): Promise<void> {
    this.closed = true;
    const watches = [...this.running.values()];
    for (const { stop } of watches) stop.abort();
    await Promise.allSettled(watches.map(({ job }) => job));
  }

  private start(tradeId: TradeId, entry: LedgerEntry): void {
    const name = `${tradeId}/${entry.kind}/${entry.hash}`;
    if (this.closed || this.running.has(name)) return;
    const stop = new AbortController();
    const job = this.watch(tradeId, entry, name, stop.signal).finally(() => {
      this.running.delete(name);
      this.answered.delete(name);
    });
    this.running.set(name, { job, stop });
  }

  private async watch(
    tradeId: TradeId,
    entry: LedgerEntry,
    name: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { pause: wait = pauseSpread } = this.options;
    const stopped = () => signal.aborted;
    for (let broken = 0; !stopped();) {
      try {
        for await (const { fact, isLast } of this.heard(entry, signal)) {
          this.answered.add(name);
          if (fact && isNews(entry, fact)) await this.submit(tradeId, fact);
          if (isLast) return;
          broken = 0;
        }
        // A node that shuts down ends its streams without a word: that is no final state.
        if (!stopped()) throw ended();
      } catch (error) {
        this.answered.delete(name);
        if (stopped()) return;
        if (broken === 0) this.options.onError(tradeId, entry.hash, error);
        await wait(this.waitMs(broken), signal);
        broken += 1;
      }
    }
  }

  private waitMs(broken: number): number {
    return (this.options.retryMs ?? RETRY_MS) * Math.min(2 ** broken, LONGEST);
  }

  private async submit(tradeId: TradeId, fact: NewFact): Promise<void> {
    const outcome = await this.options.trades.submit(tradeId, fact);
    if (outcome.result !== 'refused') return;
    const { code, text, wayOut } = outcome.refusal;
    throw new TercetError(code, text, { wayOut });
  }

  private async *heard(entry: LedgerEntry, signal: AbortSignal): AsyncIterable<Heard> {
    const { lightning } = this.options;
    const { hash } = entry;
    if (entry.kind === 'payment') {
      for await (const state of lightning.watchPayment(hash, signal))
        yield { fact: factOf(hash, state), isLast: state.state !== 'inFlight' };
    } else {
      for await (const state of lightning.watchInvoice(hash, signal))
        yield {
          fact: invoiceFact(entry, state),
          isLast: state.state !== 'open' && state.state !== 'accepted',
        };
    }
  }
}

/** Not, where the line says it already: what is known stays known (S21), and thousands of look-ups at a start tell nothing new. */
const isNews = (entry: LedgerEntry, fact: NewFact): boolean =>
  enterFact([entry], { ...fact, at: NEVER }) !== 'known';
/** A line doesn't ask when. */
const NEVER: At = { height: height(0), timeMs: unixMs(0) };

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
