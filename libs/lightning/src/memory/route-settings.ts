/** What every route of a network is like. All may be changed at any time. */
export interface RouteSettings {
  /** Nodes between payer and payee. */
  hops: number;
  feePerHopMsat: bigint;
  /** Beside it, as a share of the amount. */
  feePpmPerHop: bigint;
  blocksPerHop: number;
  /** How an amount is cut into HTLCs; the sum may differ from it, to pay too much. */
  split: (amountMsat: bigint) => bigint[];
}

export const DIRECT: RouteSettings = {
  hops: 0,
  feePerHopMsat: 0n,
  feePpmPerHop: 0n,
  blocksPerHop: 80,
  split: (amountMsat) => [amountMsat],
};
