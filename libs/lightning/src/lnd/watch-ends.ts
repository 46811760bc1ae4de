import type { LightningNode } from '../port.js';
import type { Connection } from './connection.js';
import type { HeldHtlcs } from './held-htlcs.js';

export const permissions = ['/routerrpc.Router/SubscribeHtlcEvents'] as const;

/**
 * The ends of holds, by one stream. lnd's stream of one invoice costs a daemon many times what it knows of the trade, and its
 * stream of all invoices tells neither of an accepted nor of a cancelled one.
 * lnd permission: /routerrpc.Router/SubscribeHtlcEvents
 */
export const watchEnds = (lnd: Connection, held: HeldHtlcs): LightningNode['watchEnds'] =>
  async function* (signal) {
    const release = held.follow();
    try {
      const events = lnd.stream(
        'follow the ends of holds',
        (to, o) => to.router.subscribeHtlcEvents({}, o),
        signal,
      );
      for await (const event of events) {
        if (event.event === 'subscribed_event') yield 'ready';
        const hash = held.endedBy(event);
        if (hash !== undefined) yield hash;
      }
    } finally {
      release();
    }
  };
