import type { EffectRow } from '@tercet/journal';
import { BoundedMap } from './bounded-map.js';

/** Lanes that are remembered; of those dropped the journal is asked again. */
const MOST_LANES = 10_000;

/**
 * What waits in each lane, as far as it is known without reading the journal. What isn't known is read; an entry that is
 * there is complete as far as this process has written the lane.
 */
export class KnownLanes {
  private readonly lanes = new BoundedMap<string, EffectRow[]>(MOST_LANES);

  /** Undefined = not known. */
  waiting(lane: string): readonly EffectRow[] | undefined {
    return this.lanes.get(lane);
  }

  /** All that the journal holds of the lane, in its order. */
  learn(lane: string, waiting: readonly EffectRow[]): void {
    this.lanes.set(lane, [...waiting]);
  }

  /** One more behind the others, just committed. */
  add(lane: string, effect: EffectRow): void {
    this.lanes.get(lane)?.push(effect);
  }

  /** It was done. */
  remove(lane: string, { key }: EffectRow): void {
    const waiting = this.lanes.get(lane);
    if (waiting?.[0]?.key === key) waiting.shift();
  }

  forget(lane: string): void {
    this.lanes.delete(lane);
  }
}
