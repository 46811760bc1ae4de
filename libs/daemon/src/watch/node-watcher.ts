/**
 * Follows every live line of every account book at the node: looks it up first, then streams (S23). A stream that breaks
 * is taken up again; `absent` ends a watch without any conclusion (S24), the reconcile loop starts it anew.
 */
import type { HeldHtlc, InvoiceState, LightningNode } from '@tercet/lightning';
import type { LedgerEntry, PaymentHash, TradeData, TradeId } from '@tercet/protocol';
import { isLive } from '@tercet/protocol';
import { factOf } from '../effects/pay.js';
import type { NewFact, Trades } from '../executor/port.js';
import { pause } from './pause.js';

export interface WatcherOptions {
  lightning: LightningNode;
  trades: Trades;
  onError: (tradeId: TradeId, hash: PaymentHash, error: unknown) => void;
  /** Before a broken stream is taken up again. */
  retryMs?: number;
}

export class NodeWatcher {
  private readonly running = new Map<string, AbortController>();
  private readonly jobs = new Set<Promise<void>>();
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
    await Promise.allSettled(this.jobs);
  }

  private start(tradeId: TradeId, entry: LedgerEntry): void {
    const name = `${tradeId}/${entry.kind}/${entry.hash}`;
    if (this.stop.signal.aborted || this.running.has(name)) return;
    const controller = new AbortController();
    this.running.set(name, controller);
    const job = this.watch(tradeId, entry, controller.signal).finally(() => {
      this.running.delete(name);
      this.jobs.delete(job);
    });
    this.jobs.add(job);
  }

  private async watch(tradeId: TradeId, entry: LedgerEntry, signal: AbortSignal): Promise<void> {
    const any = AbortSignal.any([signal, this.stop.signal]);
    const stopped = () => any.aborted;
    while (!stopped()) {
      try {
        for await (const fact of this.facts(entry, any)) {
          if (fact === 'absent') return;
          await this.options.trades.submit(tradeId, fact);
        }
        return;
      } catch (error) {
        if (stopped()) return;
        this.options.onError(tradeId, entry.hash, error);
        await pause(this.options.retryMs ?? 1000, any);
      }
    }
  }

  private async *facts(entry: LedgerEntry, signal: AbortSignal): AsyncIterable<NewFact | 'absent'> {
    const { lightning } = this.options;
    if (entry.kind === 'payment') {
      for await (const state of lightning.watchPayment(entry.hash, signal)) {
        if (state.state === 'absent') yield 'absent';
        const fact = factOf(entry.hash, state);
        if (fact) yield fact;
      }
      return;
    }
    for await (const state of lightning.watchInvoice(entry.hash, signal)) {
      if (state.state === 'absent') yield 'absent';
      const fact = invoiceFact(entry, state);
      if (fact) yield fact;
    }
  }
}

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
