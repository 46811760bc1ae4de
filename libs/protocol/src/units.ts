/**
 * Units and ids that can't be mistaken for one another (architecture.md "Names").
 * A brand exists for the compiler only; at run time an amount is a plain bigint and a hash a plain string.
 */
declare const unit: unique symbol;
type Branded<T, Name extends string> = T & { readonly [unit]: Name };

/** Millisatoshi. 1 sat = 1 000 msat. */
export type Msat = Branded<bigint, 'msat'>;
/** Height of a block in the best chain. */
export type Height = Branded<number, 'height'>;
/** A number of blocks. */
export type Blocks = Branded<number, 'blocks'>;
/** Milliseconds since 1970. */
export type UnixMs = Branded<number, 'unix ms'>;
/** SHA-256 of a preimage, 64 hex digits (BOLT-4). */
export type PaymentHash = Branded<string, 'payment hash'>;
/** 32 bytes, 64 hex digits. */
export type Preimage = Branded<string, 'preimage'>;
/** X-only public key, 64 hex digits (BIP-340). */
export type PublicKey = Branded<string, 'x-only key'>;
/** Signature, 128 hex digits (BIP-340). */
export type Signature = Branded<string, 'bip340 signature'>;
/** Compressed public key of a Lightning node, 66 hex digits (BOLT-7). */
export type NodeId = Branded<string, 'node id'>;
/** Tagged hash of the canonical terms, 64 hex digits (protocol.md section 1). */
export type TermsHash = Branded<string, 'terms hash'>;
/** Id of one trade, 64 hex digits, the same at all three parties. */
export type TradeId = Branded<string, 'trade id'>;
/** Id of one order, 64 hex digits. */
export type OrderId = Branded<string, 'order id'>;
/** A BOLT-11 payment request. */
export type PaymentRequest = Branded<string, 'bolt11'>;

export const NETWORKS = ['regtest', 'signet', 'testnet', 'bitcoin'] as const;
/** The chain a trade is on; `bitcoin` is mainnet. */
export type Network = (typeof NETWORKS)[number];

export const msat = (amount: bigint | number): Msat => BigInt(amount) as Msat;
export const sat = (amount: bigint | number): Msat => (BigInt(amount) * 1000n) as Msat;
export const height = (n: number): Height => n as Height;
export const blocks = (n: number): Blocks => n as Blocks;
export const unixMs = (n: number): UnixMs => n as UnixMs;

/** Height that lies `n` blocks above (or, negative, below) another. */
export const above = (from: Height, n: number): Height => (from + n) as Height;
