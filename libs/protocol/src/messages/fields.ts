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

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const brand = <T>(schema: z.ZodType<string, string>) => schema as unknown as z.ZodType<T, string>;
const count = <T>(min: number, max: number) => z.int().min(min).max(max) as unknown as z.ZodType<T, number>;

export const publicKey = brand<PublicKey>(hex(64));
export const signature = brand<Signature>(hex(128));
export const paymentHash = brand<PaymentHash>(hex(64));
export const termsHash = brand<TermsHash>(hex(64));
export const tradeId = brand<TradeId>(hex(64));
export const orderId = brand<OrderId>(hex(64));
export const nodeId = brand<NodeId>(z.string().regex(/^0[23][0-9a-f]{64}$/));
export const nonce = hex(32);
export const paymentRequest = brand<PaymentRequest>(
  z
    .string()
    .regex(/^ln[0-9a-z]+$/)
    .max(4096),
);
export const network = z.enum(NETWORKS);
export const side = z.enum(['payer', 'payee']);
export const height = count<Height>(0, 500_000_000);
export const blocks = count<Blocks>(0, 65_535);
export const unixMs = count<UnixMs>(0, Number.MAX_SAFE_INTEGER);
/** Words for a person; never markup. */
export const words = (max: number) => z.string().min(1).max(max);
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
  z.bigint().min(0n).max(MOST_MSAT) as unknown as z.ZodType<Msat, Msat>,
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
