/** What one state of one table says about sats: data, looked up by the table's name and the state's. */
import type { TradeData } from '../machine/state.js';
import type { Role } from '../messages/bodies.js';

/**
 * Where the sats of a trade are, for the party that asks.
 * `nothing`: none of the trade's sats have moved. `underWay`: on their way into the hold, not counted yet. `held`: in the
 * hold, locked. `returning`, `releasing`: on their way out of it. `custody`: settled by the agent, owed to somebody.
 * `owed`: somebody owes them to this party. `owing`: this party owes them. `taken`: settled without a release.
 * `returned`, `released`: at rest.
 */
export type Where =
  | 'nothing'
  | 'underWay'
  | 'held'
  | 'returning'
  | 'releasing'
  | 'custody'
  | 'owed'
  | 'owing'
  | 'taken'
  | 'returned'
  | 'released';

export interface Entry {
  where: Where;
  /** Who has the sats in hand, or the key to them, now. */
  holder: Role | 'self' | 'nobody';
  /** Who could take them, and what happens by itself: one or two plain sentences. */
  text: string;
}
/** `until` is the height of the answer, in words: "height 812 345", or "the height your wallet shows". */
export type EntryOf = (d: TradeData, until: string) => Entry;
/** One entry for every state of a table. */
export type Entries = Record<string, EntryOf>;

export const entry =
  (
    where: Where,
    holder: (d: TradeData) => Entry['holder'],
    text: (until: string, d: TradeData) => string,
  ): EntryOf =>
  (d, until) => ({ where, holder: holder(d), text: text(until, d) });

export const nobody = (): 'nobody' => 'nobody';
export const self = (): 'self' => 'self';
export const theAgent = (): Role => 'agent';
