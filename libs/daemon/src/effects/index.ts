import type { EffectKind } from '@tercet/protocol';
import { cancelHold } from './cancel-hold.js';
import { createHold } from './create-hold.js';
import { makeInvoice } from './make-invoice.js';
import { pay } from './pay.js';
import type { EffectOf } from './port.js';
import { readPaymentExpiry } from './read-payment-expiry.js';
import { recordToSelf } from './record-to-self.js';
import { settleHold } from './settle-hold.js';

/** Every effect but `send`, which the outbox carries. */
export const EFFECTS: { [K in Exclude<EffectKind, 'send'>]: EffectOf<K> } = {
  makeInvoice,
  createHold,
  pay,
  settleHold,
  cancelHold,
  recordToSelf,
  readPaymentExpiry,
};
