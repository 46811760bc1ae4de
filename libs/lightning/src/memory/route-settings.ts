/** What every route of a network is like. All may be changed at any time. */
export interface RouteSettings {
  /** Blocks that a payer adds to the final CLTV; lnd adds 3, wallets up to 432. */
  payerPadding: number;
  /** Nodes between payer and payee. */
  hops: number;
  feePerHopMsat: bigint;
  blocksPerHop: number;
  /** How an amount is cut into HTLCs; the sum may differ from it, to pay too much. */
  split: (amountMsat: bigint) => bigint[];
}

export const DIRECT: RouteSettings = {
  payerPadding: 3,
  hops: 0,
  feePerHopMsat: 0n,
  blocksPerHop: 80,
  split: (amountMsat) => [amountMsat],
};
