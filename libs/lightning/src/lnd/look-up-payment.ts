import type { LightningNode } from '../port.js';
import { bytes } from './clients.js';
import type { Connection } from './connection.js';
import { isNotFound } from './errors.js';
import { paymentState } from './payment-state.js';

export const permissions = ['/routerrpc.Router/TrackPaymentV2'] as const;

/**
 * What became of our payment under a hash; lnd tells its present state first.
 * lnd permission: /routerrpc.Router/TrackPaymentV2
 */
export const lookUpPayment =
  (lnd: Connection): LightningNode['lookUpPayment'] =>
  async (hash) => {
    try {
      const payment = await lnd.first('look up a payment', (to, o) =>
        to.router.trackPaymentV2({ payment_hash: bytes(hash), no_inflight_updates: false }, o),
      );
      return paymentState(payment);
    } catch (error) {
      if (isNotFound(error)) return { state: 'absent' };
      throw error;
    }
  };
