/** Goes round the open trades of the journal, for what the streams of the node and this process may have lost (S23). */
import type { Trades, TradeView } from '../executor/port.js';

export interface RoundOptions {
  trades: Pick<Trades, 'open'>;
  visit: (view: TradeView) => Promise<void>;
  /** No other process writes to this journal. Where replicas do, one that died is stood in for at once: each round is whole. */
  exclusive: boolean;
}

/** Trades of one round after the first: to read them is most of its cost, and nobody else has changed them. */
const AT_ONCE = 500;

export class Round {
  private open: AsyncIterator<TradeView> | undefined;
  private isFirst = true;

  constructor(private readonly options: RoundOptions) {}

  /** The first time visits all, later ones go on where the last one stopped. Throws what the journal or a visit throws. */
  async go(): Promise<void> {
    const { visit, exclusive } = this.options;
    const most = this.isFirst || !exclusive ? Infinity : AT_ONCE;
    for (let visited = 0; visited < most; visited += 1) {
      const view = await this.next();
      if (!view) {
        this.isFirst = false;
        return;
      }
      await visit(view);
    }
  }

  private async next(): Promise<TradeView | undefined> {
    const open = (this.open ??= this.options.trades.open()[Symbol.asyncIterator]());
    let isOver = true;
    try {
      const next = await open.next();
      if (next.done === true) return undefined;
      isOver = false;
      return next.value;
    } finally {
      // One that failed is begun anew too, or it would look as if it had come to its end.
      if (isOver && this.open === open) this.open = undefined;
    }
  }
}
