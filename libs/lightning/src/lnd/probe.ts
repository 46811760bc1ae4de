import { blocks, msat } from '@tercet/protocol';
import type { LightningNode } from '../port.js';
import type { Connection } from './connection.js';
import { isRefusal, reasonOf } from './errors.js';
import type { RoutesMessage } from './proto.js';

export const permissions = ['/lnrpc.Lightning/QueryRoutes'] as const;

/** lnd's routing.BlockPadding: a payment adds it to the final CLTV, a route query doesn't. */
const BLOCK_PADDING = 3;

/** How lnd says that there is no route, in words alone (routing/payment_session.go, noRouteError). */
const NO_ROUTE =
  /unable to find a path|insufficient local balance|destination hop doesn't understand|unknown required feature|missing dependent feature|no edges|target not found/i;

/**
 * Asks the node for a route as a payment would take it, from its graph and experience; nothing is sent.
 * lnd permission: /lnrpc.Lightning/QueryRoutes
 */
export const probe =
  (lnd: Connection): LightningNode['probe'] =>
  async (request) => {
    const finalDelta = request.finalCltv + BLOCK_PADDING;
    // As for a payment; and lnd reads 0 as "no limit of mine".
    if (request.cltvLimit <= finalDelta) return undefined;
    try {
      const { routes } = await lnd.call<RoutesMessage>('find a route', (to, o, answer) =>
        to.default.queryRoutes(
          {
            pub_key: request.destination,
            amt_msat: String(request.amountMsat),
            final_cltv_delta: finalDelta,
            fee_limit: { fixed_msat: String(request.maxFeeMsat) },
            cltv_limit: request.cltvLimit,
            use_mission_control: true,
          },
          o,
          answer,
        ),
      );
      const route = routes[0];
      const last = route?.hops.at(-1);
      if (!route || !last) return undefined;
      return {
        feeMsat: msat(BigInt(route.total_fees_msat)),
        // The last hop's expiry is the tip lnd reckoned from plus the final delta.
        totalBlocks: blocks(route.total_time_lock - (last.expiry - finalDelta)),
      };
    } catch (error) {
      if (isRefusal(error) && NO_ROUTE.test(reasonOf(error))) return undefined;
      throw error;
    }
  };
