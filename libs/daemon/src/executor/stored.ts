/** The journal keeps plain data and knows no trade; these are the only places where one becomes the other. */
import type { Json, TradeRow } from '@tercet/journal';
import type { Effect, Envelope, Fact, Role, TradeState } from '@tercet/protocol';
import type { TradeView } from './port.js';

/** A fact as it is kept: with the envelope it came by, as evidence. */
interface StoredFact {
  fact: Fact;
  envelope?: Envelope;
}

/** A message as the outbox holds it. */
export interface OutboxEffect {
  kind: 'send';
  to: Role;
  envelope: Envelope;
  /** Not sent after this height. */
  notAfter?: number;
  /** What goes out in its place then, under the same number. */
  instead?: Envelope;
}
export type StoredEffect = Exclude<Effect, { kind: 'send' }> | OutboxEffect;

export const asJson = (value: StoredFact | TradeState | StoredEffect): Json => plain(value);
export const storedFact = (value: Json): StoredFact => known(value) as StoredFact;
export const storedState = (value: Json): TradeState => known(value) as TradeState;
export const storedEffect = (value: Json): StoredEffect => known(value) as StoredEffect;
export const viewOf = (row: TradeRow): TradeView => ({
  tradeId: row.tradeId,
  sequence: row.sequence,
  terminal: row.terminal,
  state: storedState(row.state),
});

const plain = (value: unknown): Json => value as Json;
const known = (value: unknown): unknown => value;
