import type { EffectOf } from './port.js';

/** Makes the hold invoice of the escrow. Idempotent by its hash: the node answers with the one it has (S12). */
export const createHold: EffectOf<'createHold'> = async (effect, { lightning }) => {
  const request = await lightning.createHold({
    hash: effect.hash,
    amountMsat: effect.amountMsat,
    cltvExpiry: effect.cltvExpiry,
    expirySeconds: effect.expirySeconds,
    description: effect.description,
  });
  return { kind: 'holdCreated', hash: effect.hash, request };
};
