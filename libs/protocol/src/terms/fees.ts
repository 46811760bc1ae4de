import type { Blocks, Msat } from '../units.js';
import { msat, sat } from '../units.js';

/** What an agent asks. Integers only (A14): ppm of the price, ppm of the price for each block it may be held. */
export interface FeePolicy {
  retainBaseMsat: Msat;
  retainPpmPer1000Blocks: number;
  successPpm: number;
}

const PPM = 1_000_000n;

/** The retain fee: small, non-refundable, by amount x blocks; it makes griefing cost something (protocol.md section 3). Whole sats. */
export const retainFee = (policy: FeePolicy, price: Msat, held: Blocks): Msat => {
  const byTime = (price * BigInt(policy.retainPpmPer1000Blocks) * BigInt(held)) / (PPM * 1000n);
  return wholeSats(policy.retainBaseMsat + byTime);
};

/** The success fee: ppm of the price, whole sats, taken by the agent only when the trade succeeds. */
export const successFee = (policy: FeePolicy, price: Msat): Msat =>
  wholeSats((price * BigInt(policy.successPpm)) / PPM);

/** Rounded down to a whole sat: some wallets can't pay a fraction. */
const wholeSats = (amount: bigint): Msat => msat((amount / 1000n) * 1000n);

/** Smallest price: the larger of 10 000 sat and 1 500 vB at the agent's fee rate; below it a force close eats the trade (section 5). */
export const smallestPrice = (feeRateSatPerVb: number): Msat => {
  const eaten = sat(Math.ceil(1500 * feeRateSatPerVb));
  const floor = sat(10_000);
  return eaten > floor ? eaten : floor;
};
