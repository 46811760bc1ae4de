/** The payment request of the in-memory network: JSON with a checksum under a prefix of its own, no BOLT-11. */
import { hash } from 'node:crypto';
import {
  TercetError,
  blocks,
  msat,
  type Network,
  type NodeId,
  type PaymentHash,
  type PaymentRequest,
} from '@tercet/protocol';
import type { DecodedInvoice } from '../port.js';

const PREFIX = 'lnmem';
const CHECKSUM_DIGITS = 8;

const checksum = (body: string): string => hash('sha256', body).slice(0, CHECKSUM_DIGITS);

/** Writes any invoice, odd ones included, as tests want them. */
export const encodeMemoryRequest = (invoice: DecodedInvoice): PaymentRequest => {
  const json = JSON.stringify({ ...invoice, amountMsat: invoice.amountMsat?.toString() });
  const body = Buffer.from(json).toString('hex');
  return `${PREFIX}${body}${checksum(body)}` as PaymentRequest;
};

interface Written {
  hash: PaymentHash;
  payee: NodeId;
  network: Network;
  amountMsat?: string;
  finalCltv: number;
  description: string;
  expiresAtMs: number;
  unknownRequiredFeature: boolean;
}

/** Reads what `encodeMemoryRequest` wrote for this network. Throws INVOICE_INVALID for anything else. */
export const decodeMemoryRequest = (request: string, network: Network): DecodedInvoice => {
  const body = request.slice(PREFIX.length, -CHECKSUM_DIGITS);
  if (!request.startsWith(PREFIX) || !request.endsWith(checksum(body)) || body.length === 0)
    throw invalid('its checksum is wrong');
  const written = JSON.parse(Buffer.from(body, 'hex').toString()) as Written;
  if (written.network !== network) throw invalid(`it is for ${written.network}`);
  const { amountMsat, finalCltv, ...rest } = written;
  return {
    ...rest,
    finalCltv: blocks(finalCltv),
    ...(amountMsat === undefined ? {} : { amountMsat: msat(BigInt(amountMsat)) }),
  };
};

const invalid = (reason: string): TercetError =>
  new TercetError(
    'INVOICE_INVALID',
    `This is no invoice that our node can pay: ${reason}. Nothing was paid.`,
    {
      wayOut: 'Ask for a fresh invoice on the right network.',
    },
  );
