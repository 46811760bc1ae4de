import type { TermsHash, TradeId } from '@tercet/protocol';
import type { Trades, TradeView } from '../executor/port.js';

/** Trades by the hash of their terms: strangers ask by it, and reading all trades for each question would not scale. */
export class TermsIndex {
  private readonly byHash = new Map<TermsHash, TradeId>();
  private filled: Promise<void> | undefined;

  constructor(private readonly trades: Pick<Trades, 'list' | 'view' | 'onChange'>) {
    trades.onChange(({ trade }) => this.enter(trade));
  }

  async find(hash: string): Promise<TradeView | undefined> {
    await this.fill();
    const tradeId = this.byHash.get(hash as TermsHash);
    return tradeId === undefined ? undefined : this.trades.view(tradeId);
  }

  /** A read that failed is tried again by the next question. */
  private async fill(): Promise<void> {
    this.filled ??= this.trades.list().then((views) => views.forEach((view) => this.enter(view)));
    try {
      await this.filled;
    } catch (error) {
      this.filled = undefined;
      throw error;
    }
  }

  private enter({ tradeId, state }: TradeView): void {
    if (state.data.termsHash !== undefined) this.byHash.set(state.data.termsHash, tradeId);
  }
}
