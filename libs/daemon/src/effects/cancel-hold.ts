import { TercetError } from '@tercet/protocol';
import type { EffectOf } from './port.js';

/**
 * Cancels a hold or an open invoice of ours. Keeps S8: cancelled is what a look-up says. A hold that turns out settled is
 * told as settled; `absent` isn't cancelled (S24).
 */
export const cancelHold: EffectOf<'cancelHold'> = async ({ hash }, { lightning, data }) => {
  const line = data.ledger.findLast((entry) => entry.hash === hash && entry.kind !== 'payment');
  const after = await lightning.cancelHold(hash);
  if (after.state === 'cancelled') {
    return line?.kind === 'invoice' ? { kind: 'invoiceCancelled', hash } : { kind: 'holdCancelled', hash };
  }
  if (after.state === 'settled') {
    return line?.kind === 'invoice'
      ? { kind: 'invoicePaid', hash, receivedMsat: after.receivedMsat }
      : { kind: 'holdSettled', hash };
  }
  throw new TercetError('STILL_HELD', `The hold is ${after.state} at the node after it was told to cancel.`, {
    wayOut: 'It is tried again by itself; look at the node if this repeats.',
  });
};
