/**
 * Some worlds play a second trade at once, between the same three. It is drawn beside the schedule's own generator, so that a
 * schedule of one trade doesn't know of it.
 */
import type { ShapeName } from '@tercet/protocol';
import type { FaultKind } from './faults.js';
import { Random } from './random.js';
import { drawScene, type Scene } from './scene.js';

const TWO_SHARE = 0.05;
/** The same order taken twice: one of them gets it, or the second once the first has let go of it. */
const SAME_ORDER_SHARE = 0.15;
/** In so many of these worlds payments often never arrive: what they hold up must be their own trade. */
const STUCK_SHARE = 0.4;
const STUCK_RATE = 0.25;
/** In so many no two escrows or payouts may leave one node within an hour. */
const CAP_SHARE = 0.2;
const CAP_SATS = 160_000;
/** What moves in an hour isn't what is looked at elsewhere. */
const UNBOUNDED = 100_000_000;
/** Another number of the same seed. */
const ASIDE = 7919 * 2 ** 32;
const NONCES = { maker: '44'.repeat(16), taker: '55'.repeat(16), agent: '66'.repeat(16) };

export interface Stage {
  scenes: readonly [Scene, ...Scene[]];
  /** Faults that are more frequent than elsewhere. */
  rates: Partial<Record<FaultKind, number>>;
  /** What may leave a node in an hour. */
  satsPerHour: number;
}

/** One trade, or two: as many as are told, or as the seed draws. */
export function drawStage(
  random: Random,
  { seed, shape, trades }: { seed: number; shape?: ShapeName; trades?: 1 | 2 },
): Stage {
  const first = drawScene(random, shape);
  const aside = new Random(seed + ASIDE);
  const drawn = aside.chance(TWO_SHARE) ? 2 : 1;
  if ((trades ?? drawn) === 1) return { scenes: [first], rates: {}, satsPerHour: UNBOUNDED };
  const rates = aside.chance(STUCK_SHARE) ? { paymentStuck: STUCK_RATE } : {};
  const satsPerHour = aside.chance(CAP_SHARE) ? CAP_SATS : UNBOUNDED;
  return { scenes: [first, drawSecond(aside, first)], rates, satsPerHour };
}

/** With the same agent, whose fees are what they are, and of another amount, so that none is taken for the other's. */
function drawSecond(aside: Random, first: Scene): Scene {
  const { retainFee, successFee } = first;
  const other = { ...drawScene(aside, undefined), retainFee, successFee, nonces: NONCES, amountSat: 150_000 };
  return aside.chance(SAME_ORDER_SHARE)
    ? { ...first, nonces: { ...NONCES, maker: first.nonces.maker } }
    : other;
}
