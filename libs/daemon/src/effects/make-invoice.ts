import { known } from '@tercet/protocol';
import type { EffectOf } from './port.js';

/**
 * Makes an ordinary invoice with a preimage from the seed: the same effect run twice is the same invoice.
 * Keeps S12 (its hash was taken into use in the step's own transaction) and S34.
 */
export const makeInvoice: EffectOf<'makeInvoice'> = async (effect, { lightning, keys, data }) => {
  const request = await lightning.createInvoice({
    amountMsat: effect.amountMsat,
    finalCltv: effect.finalCltv,
    expirySeconds: effect.expirySeconds,
    description: effect.description,
    preimage: keys.preimage(known(data.termsHash, 'terms hash'), effect.purpose, effect.attempt),
  });
  return { kind: 'invoiceMade', hash: effect.hash, request };
};
