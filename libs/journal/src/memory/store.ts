/** The disk of a journal in memory: what stays when its process ends. */
import type { TradeId } from '@tercet/protocol';
import type { DeadlineRow, EffectRow, Json, TradeRow } from '../port.js';

export interface KeptEffect extends EffectRow {
  done: boolean;
  outcome?: string;
}

export interface KeptFact {
  sequence: number;
  fact: Json;
  eventId?: string;
}

export class MemoryStore {
  /** In order of creation, as every list here. */
  readonly trades = new Map<TradeId, TradeRow>();
  readonly facts = new Map<TradeId, KeptFact[]>();
  readonly events = new Set<string>();
  readonly effects = new Map<string, KeptEffect>();
  /** The unfinished ones. */
  readonly pending = new Map<string, KeptEffect>();
  readonly deadlines = new Map<TradeId, Map<string, DeadlineRow['at']>>();
  readonly hashes = new Map<string, { tradeId: TradeId; purpose: string }>();
  readonly claims = new Map<string, TradeId>();
  readonly documents = new Map<string, Map<string, Json>>();

  finish(key: string, outcome: string): void {
    const effect = this.effects.get(key);
    if (!effect || effect.done) return;
    Object.assign(effect, { done: true, outcome });
    this.pending.delete(key);
  }
}
