/** The payments one node of the in-memory network has made: one per hash, as lnd keeps them. */
import type { PaymentHash } from '@tercet/protocol';
import type { PaymentState } from '../port.js';
import { Changes } from './changes.js';

export class PaymentBook {
  readonly changes = new Changes<PaymentState>();
  readonly #states = new Map<PaymentHash, PaymentState>();

  state(hash: PaymentHash): PaymentState {
    return this.#states.get(hash) ?? { state: 'absent' };
  }

  /** What its HTLCs under way hold, their fees included. */
  get inFlightMsat(): bigint {
    let sum = 0n;
    for (const state of this.#states.values()) {
      if (state.state !== 'inFlight') continue;
      for (const { amountMsat, feeMsat } of state.htlcs) sum += amountMsat + feeMsat;
    }
    return sum;
  }

  set(hash: PaymentHash, state: PaymentState): void {
    this.#states.set(hash, state);
    this.changes.tell(hash, state);
  }
}
