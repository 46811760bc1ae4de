/** Building blocks of signed documents: each is one declaration that checks, parses and serialises. */
import { z } from 'zod';
import type {
  Blocks,
  Height,
  Msat,
  NodeId,
  OrderId,
  PaymentHash,
  PaymentRequest,
  PublicKey,
  Signature,
  TermsHash,
  TradeId,
  UnixMs,
} from '../units.js';
import { NETWORKS } from '../units.js';

/** A string of this form, branded; what doesn't fit is refused with the form's name. */
const text = <T extends string>(form: string, pattern: RegExp) =>
  z.custom<T>((value) => typeof value === 'string' && pattern.test(value), `not ${form}`);
const hex = <T extends string>(digits: number) =>
  text<T>(`${digits} hex digits`, new RegExp(`^[0-9a-f]{${digits}}$`));
const count = <T extends number>(min: number, max: number) =>
  z.custom<T>(
    (value) => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max,
    `not a whole number from ${min} to ${max}`,
  );

export const publicKey = hex<PublicKey>(64);
export const signature = hex<Signature>(128);
export const paymentHash = hex<PaymentHash>(64);
export const termsHash = hex<TermsHash>(64);
export const tradeId = hex<TradeId>(64);
export const orderId = hex<OrderId>(64);
export const nodeId = text<NodeId>('a node id', /^0[23][0-9a-f]{64}$/);
export const nonce = hex(32);
export const paymentRequest = text<PaymentRequest>('a BOLT-11 invoice', /^ln[0-9a-z]{1,4094}$/);
export const network = z.enum(NETWORKS);
export const side = z.enum(['payer', 'payee']);
export const height = count<Height>(0, 500_000_000);
export const blocks = count<Blocks>(0, 65_535);
export const unixMs = count<UnixMs>(0, Number.MAX_SAFE_INTEGER);
/** Words for a person; never markup, and no half characters, which have no canonical text. */
export const words = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => text.isWellFormed(), 'half a character');
/** Host and port, as `localhost:9740`. */
export const address = z
  .string()
  .regex(/^[a-zA-Z0-9.-]+:\d{1,5}$/)
  .max(260);
/** SHA-256 of a TLS certificate, hex. */
export const certFingerprint = hex(64);
/** 21 million bitcoin, in msat: no amount is larger. */
const MOST_MSAT = 2_100_000_000_000_000_000n;
/** Amounts are decimal strings on the wire (A14): JSON numbers lose digits above 2^53. */
export const msatField = z.codec(
  z.string().regex(/^(0|[1-9]\d{0,18})$/),
  z.custom<Msat>((value) => typeof value === 'bigint' && value >= 0n && value <= MOST_MSAT),
  { decode: (text) => BigInt(text) as Msat, encode: (amount) => amount.toString() },
);
/** Minor units of a currency (cents) as a decimal string (A14). */
export const minorUnits = z.string().regex(/^[1-9]\d{0,17}$/);
export const currency = z.string().regex(/^[A-Z]{3}$/);
/** NIP-44 payload (base64), see crypto/sealed.ts. */
export const sealedText = z
  .string()
  .regex(/^[A-Za-z0-9+/=]+$/)
  .min(132)
  .max(16_384);
