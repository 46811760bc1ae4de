/** What every effect is given, and what it may answer. */
import type { Journal } from '@tercet/journal';
import type { LightningNode } from '@tercet/lightning';
import type { At, Effect, EffectKind, Keyring, TradeData } from '@tercet/protocol';
import type { NewFact } from '../executor/port.js';
import type { Gate } from '../payments/gate.js';

export interface EffectContext {
  lightning: LightningNode;
  journal: Pick<Journal, 'putDocument'>;
  keys: Keyring;
  /** What a payment passes before it is sent: kill switch and spend cap. */
  gate: Pick<Gate, 'pass'>;
  /** The trade as it is now: an effect reads, never writes. */
  data: TradeData;
  now: () => At;
}

/**
 * Carries out one effect and answers the fact it led to, or nothing when the node's own streams will tell.
 * Throwing means: not known to be done; it is tried again with the same key, and must then find what it did before.
 */
export type EffectOf<K extends EffectKind> = (
  effect: Effect<K>,
  context: EffectContext,
) => Promise<NewFact | undefined>;
