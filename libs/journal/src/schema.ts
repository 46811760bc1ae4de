/** The tables as kysely sees them; the same in SQLite and PostgreSQL. Made by migrations/, explained in 0001. */
import type { Generated, Kysely } from 'kysely';
import type { TradeId } from '@tercet/protocol';

/** A json body sealed by the vault. */
type Sealed = Uint8Array;
/** 0 or 1: SQLite has no boolean. */
type Flag = number;

export interface Schema {
  trade: {
    position: Generated<number>;
    trade_id: TradeId;
    role: string;
    sequence: number;
    terminal: Flag;
    state: Sealed;
  };
  fact: { trade_id: TradeId; sequence: number; event_id: string | null; body: Sealed };
  effect: {
    position: Generated<number>;
    key: string;
    trade_id: TradeId;
    kind: string;
    lane: string | null;
    body: Sealed;
    attempts: number;
    due_ms: number;
    done: Flag;
    outcome: Sealed | null;
    last_error: Sealed | null;
  };
  deadline: { trade_id: TradeId; name: string; height: number | null; time_ms: number | null };
  hash: { hash: string; trade_id: TradeId; purpose: string };
  claim: { claim: string; trade_id: TradeId };
  document: { kind: string; id: string; body: Sealed };
  meta: { name: string; body: Sealed };
}

export type Database = Kysely<Schema>;
