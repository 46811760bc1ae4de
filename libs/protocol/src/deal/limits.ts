import { MARGINS, type Margins } from '../terms/windows.js';

/** What a daemon's configuration decides about its own side of a trade; kept with the trade, so that it stays the same to its end. */
export interface Limits {
  margins: Margins;
  /** How long one side waits for the other's next word before anything is held. Only the negotiation runs by the clock. */
  negotiationMs: number;
}
export const LIMITS: Limits = { margins: MARGINS, negotiationMs: 10 * 60 * 1000 };

/** An escrow or fee invoice may be started for this long. */
export const INVOICE_START_SECONDS = 3600;
/** A payee's payout invoice covers the longest window: decide-by + custody, at 10 minutes a block (A16). */
export const PAYOUT_INVOICE_SECONDS = 21 * 24 * 3600;
/** Routing fee limit of any payment: 0.5 % and at least 10 sat. */
export const feeLimitMsat = (amountMsat: bigint): bigint => {
  const share = amountMsat / 200n;
  return share > 10_000n ? share : 10_000n;
};
/** Tries of a debt at the debtor's cost; from then on the fee limit comes off what is owed (protocol.md AGENT_HELD). */
export const TRIES_AT_DEBTORS_COST = 3;
/** Two tries count apart where a block, or this time, lies between them: a node without a route says so many times a minute. */
export const TRY_REST_MS = 10 * 60 * 1000;
/** A success fee is tried so often; with the pauses between that takes five hours. */
export const SUCCESS_FEE_TRIES = 16;
/** How long an agent's invoice for its success fee is open, and how long its payee waits for a fresh one. */
export const SUCCESS_FEE_SECONDS = 24 * 3600;
