import type { Height } from '@tercet/protocol';
import { isLive, TercetError } from '@tercet/protocol';
import type { EffectOf } from './port.js';

/**
 * Reads from our own payment until when it can lock our sats (S52) and which expiry the payee's node sees (S13).
 * A payment that has ended meanwhile gives no expiry; its end comes by its own fact.
 */
export const readPaymentExpiry: EffectOf<'readPaymentExpiry'> = async ({ hash }, { lightning, data }) => {
  // Refused before it was sent: there will never be one.
  if (!data.ledger.some((entry) => entry.kind === 'payment' && entry.hash === hash && isLive(entry)))
    return undefined;
  const payment = await lightning.lookUpPayment(hash);
  if (payment.state === 'paid' || payment.state === 'failed') return undefined;
  const parts = payment.state === 'inFlight' ? payment.htlcs.filter((htlc) => htlc.state === 'inFlight') : [];
  if (parts.length === 0) {
    throw new TercetError('NO_HTLC_YET', 'The payment has no HTLC under way yet.', {
      wayOut: 'It is tried again by itself.',
    });
  }
  return {
    kind: 'paymentExpiry',
    hash,
    E: Math.min(...parts.map((part) => part.lastHopExpiry)) as Height,
    firstHopExpiry: Math.max(...parts.map((part) => part.firstHopExpiry)) as Height,
  };
};
