/** A statement of the safety list that speaks of state, as a check that may be asked at any time. */
import type { Change } from '@tercet/daemon';
import type { Act } from '../world/log.js';
import type { Party, World } from '../world/port.js';
import type { Letter, Receipt } from '../world/trade.js';
import type { Sight } from './sight.js';

/** What is looked at: one trade of the world now, and what has just happened there. */
export interface Moment {
  world: World;
  sight: Sight;
  /** A step that was just committed, with the trade as it stood before it. */
  step?: { party: Party; change: Change; before: Change['trade'] | undefined };
  /** What daemons did to their nodes since it was looked last, in whatever trade. */
  acts: readonly Act[];
  /** What arrived since then. */
  letters: readonly Letter[];
  /** What was answered since then. */
  receipts: readonly Receipt[];
}

/** Answers what is wrong; undefined = it holds. */
export type Check = (moment: Moment) => string | undefined;

/** The same of all trades together. */
export type WorldCheck = (world: World, sights: readonly Sight[]) => string | undefined;

export interface Invariant {
  /** As in the safety list, `S1`; or of the protocol's actions, `A7`. */
  number: string;
  title: string;
  /** After each committed step, after each happening, or when nothing is left to happen. */
  when: 'step' | 'always' | 'end';
  check: Check;
}

export interface WorldInvariant extends Pick<Invariant, 'number' | 'title'> {
  when: 'always' | 'end';
  check: WorldCheck;
}

export interface Violation {
  number: string;
  title: string;
  what: string;
}
