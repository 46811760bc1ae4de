/** Holds that nothing happens to: all that is kept of one, so that there may be any number of them. */
import type { Height, LedgerEntry, PaymentHash, TradeId } from '@tercet/protocol';

export interface RestingLine {
  tradeId: TradeId;
  entry: LedgerEntry;
  /** Height at which it is woken: soon after it the node lets go by itself. */
  stirAt: Height;
}

export class Resting {
  /** Whoever rests longest comes first. */
  private readonly lines = new Map<PaymentHash, RestingLine>();
  private readonly byHeight = new Map<Height, Set<PaymentHash>>();

  get size(): number {
    return this.lines.size;
  }

  has(hash: PaymentHash): boolean {
    return this.lines.has(hash);
  }

  add(line: RestingLine): void {
    const { hash } = line.entry;
    this.take(hash);
    this.lines.set(hash, line);
    const others = this.byHeight.get(line.stirAt);
    if (others) others.add(hash);
    else this.byHeight.set(line.stirAt, new Set([hash]));
  }

  take(hash: PaymentHash): RestingLine | undefined {
    const line = this.lines.get(hash);
    if (!line) return undefined;
    this.lines.delete(hash);
    const others = this.byHeight.get(line.stirAt);
    others?.delete(hash);
    if (others?.size === 0) this.byHeight.delete(line.stirAt);
    return line;
  }

  /** Those to be woken at this height. */
  due(tip: Height): PaymentHash[] {
    return [...this.byHeight].flatMap(([stirAt, hashes]) => (stirAt <= tip ? [...hashes] : []));
  }

  /** Those that have rested longest. */
  oldest(most = Infinity): PaymentHash[] {
    const oldest: PaymentHash[] = [];
    for (const hash of this.lines.keys()) {
      if (oldest.length >= most) break;
      oldest.push(hash);
    }
    return oldest;
  }
}
