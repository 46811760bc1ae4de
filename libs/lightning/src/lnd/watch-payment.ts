import type { LightningNode } from '../port.js';
import { bytes } from './clients.js';
import type { Connection } from './connection.js';
import { isNotFound } from './errors.js';
import { paymentState } from './payment-state.js';

export const permissions = ['/routerrpc.Router/TrackPaymentV2'] as const;

/**
 * The state now, then each change, until paid or failed. A payment that the node doesn't know is `absent`, and the end.
 * lnd permission: /routerrpc.Router/TrackPaymentV2
 */
export const watchPayment = (lnd: Connection): LightningNode['watchPayment'] =>
  async function* (hash, signal) {
    const updates = lnd.stream(
      'follow a payment',
      (to, o) => to.router.trackPaymentV2({ payment_hash: bytes(hash), no_inflight_updates: false }, o),
      signal,
    );
    try {
      for await (const update of updates) {
        const state = paymentState(update);
        yield state;
        if (state.state === 'paid' || state.state === 'failed') return;
      }
    } catch (error) {
      if (!isNotFound(error)) throw error;
      yield { state: 'absent' };
    }
  };
