/**
 * Payments that no wallet makes by itself: along a route built by hand, with the payment's record from the invoice, so
 * that amount, parts and final CLTV are what the test says.
 */
import { decodePaymentRequest, getRouteToDestination, subscribeToPayViaRoutes } from 'lightning';
import type { LndNode } from '@tercet/regtest';

/** The package asks for this many blocks more than it is told; lnd adds its own 3, as for any payment. */
const ROUTE_BUFFER = 3;

export interface Part {
  mtokens: bigint;
  /** Blocks at the last hop beyond what the invoice asks for. */
  padding?: number;
}

export interface HandMade {
  /** How each part ended, in the order given. */
  ended: Promise<('paid' | 'failed')[]>;
  /** Routing fees, if it is paid. */
  feeMsat: bigint;
}

/** Sends the parts of one payment; returns when all are on their way. */
export async function payByHand(node: LndNode, request: string, parts: Part[]): Promise<HandMade> {
  const { lnd } = node;
  const invoice = await decodePaymentRequest({ lnd, request });
  const total = parts.reduce((sum, { mtokens }) => sum + mtokens, 0n);
  const routes = await Promise.all(
    parts.map(async ({ mtokens, padding = 0 }) => {
      const { route } = await getRouteToDestination({
        lnd,
        destination: invoice.destination,
        mtokens: mtokens.toString(),
        total_mtokens: total.toString(),
        payment: invoice.payment,
        cltv_delta: (invoice.cltv_delta ?? 0) + padding - ROUTE_BUFFER,
        is_ignoring_past_failures: true,
      });
      if (!route) throw new Error(`no route from ${node.name}`);
      return route;
    }),
  );
  const ends = routes.map(
    (route) =>
      new Promise<'paid' | 'failed'>((resolve) => {
        const events = subscribeToPayViaRoutes({ lnd, id: invoice.id, routes: [route] });
        events.on('success', () => {
          resolve('paid');
        });
        events.on('failure', () => {
          resolve('failed');
        });
      }),
  );
  return {
    ended: Promise.all(ends),
    feeMsat: routes.reduce((sum, { fee_mtokens }) => sum + BigInt(fee_mtokens), 0n),
  };
}
