import type { EffectOf } from './port.js';

/**
 * Writes down, before a payout, what is about to be paid to whom (S1): after a restore the record says that a payout may
 * be under way. It lies in the journal; once relays exist they carry it away as well.
 */
export const recordToSelf: EffectOf<'recordToSelf'> = async (effect, { journal, data, now }) => {
  await journal.putDocument('payout', effect.hash, {
    tradeId: data.tradeId,
    to: effect.to,
    amountMsat: effect.amountMsat,
    attempt: effect.attempt,
    atHeight: now().height,
  });
  return { kind: 'recorded', hash: effect.hash };
};
