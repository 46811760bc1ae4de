import { TercetError, blocks, msat, type Network, type NodeId, type PaymentHash } from '@tercet/protocol';
import type { LightningNode } from '../port.js';
import type { Connection } from './connection.js';
import { isRefusal, reasonOf } from './errors.js';
import type { DecodedMessage } from './proto.js';

export const permissions = ['/lnrpc.Lightning/DecodePayReq'] as const;

/** BOLT-11's prefixes; the longer ones first, for `lnbc` begins `lnbcrt` too. lnd has checked that it is its own. */
const PREFIXES: readonly (readonly [string, Network])[] = [
  ['lnbcrt', 'regtest'],
  ['lntbs', 'signet'],
  ['lntb', 'testnet'],
  ['lnbc', 'bitcoin'],
];

const invalid = (reason: string, cause?: unknown): TercetError =>
  new TercetError(
    'INVOICE_INVALID',
    `This is no invoice that our node can pay: ${reason}. Nothing was paid.`,
    {
      wayOut: 'Ask for a fresh BOLT-11 invoice on the right network.',
      cause,
    },
  );

/**
 * Lets the node read an invoice: checksum, signature and network are judged by lnd, the payment secret that BOLT-11
 * requires here (lnd's decoder takes one without).
 * lnd permission: /lnrpc.Lightning/DecodePayReq
 */
export const decode =
  (lnd: Connection): LightningNode['decode'] =>
  async (request) => {
    // Half a character can't travel: lnd would give no answer, and no answer isn't a refusal.
    if (!/^[0-9a-z]*$/i.test(request)) throw invalid('it holds signs that no invoice has');
    const read = await lnd
      .call<DecodedMessage>('read an invoice', (to, o, answer) =>
        to.default.decodePayReq({ pay_req: request }, o, answer),
      )
      .catch((error: unknown) => {
        throw isRefusal(error) ? invalid(reasonOf(error), error) : error;
      });
    const prefix = PREFIXES.find(([letters]) => request.toLowerCase().startsWith(letters));
    if (!prefix) throw invalid('its prefix names no network we know');
    if (!read.payment_addr.some((byte) => byte !== 0)) throw invalid('it has no payment secret');
    const amount = BigInt(read.num_msat);
    return {
      hash: read.payment_hash as PaymentHash,
      payee: read.destination as NodeId,
      network: prefix[1],
      ...(amount > 0n ? { amountMsat: msat(amount) } : {}),
      finalCltv: blocks(Number(read.cltv_expiry)),
      description: read.description,
      expiresAtMs: (Number(read.timestamp) + Number(read.expiry)) * 1000,
      unknownRequiredFeature: Object.values(read.features).some((bit) => bit.is_required && !bit.is_known),
    };
  };
