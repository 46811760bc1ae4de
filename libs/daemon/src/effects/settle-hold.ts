import { known, TercetError } from '@tercet/protocol';
import type { EffectOf } from './port.js';

/**
 * Settles a held invoice with its preimage. Keeps S7 (only forward), S8 (answers with what a look-up says, not with what
 * the call said): settled, or gone at the node; still held = run again.
 */
export const settleHold: EffectOf<'settleHold'> = async ({ hash, preimage }, { lightning, keys, data }) => {
  const secret =
    preimage === 'own'
      ? keys.preimage(known(data.termsHash, 'terms hash'), 'escrow', 1)
      : known(data.preimage, 'preimage');
  const after = await lightning.settleHold(hash, secret);
  if (after.state === 'settled') return { kind: 'holdSettled', hash };
  if (after.state === 'cancelled') return { kind: 'holdCancelled', hash };
  throw new TercetError('STILL_HELD', `The hold is ${after.state} at the node after it was told to settle.`, {
    wayOut: 'It is tried again by itself; look at the node if this repeats.',
  });
};
