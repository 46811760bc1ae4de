/** An order of this daemon and what became of it, read from its trades and the clock, never remembered. */
import type { OrderId, UnixMs } from '@tercet/protocol';
import { orderIdOf, orderUri, rpc } from '@tercet/protocol';
import type { TradeView } from '../executor/port.js';
import { rpcShape, rpcSide } from './names.js';
import { fiatAmount, paymentMethod } from './order-view.js';
import type { OwnOrder } from './own-orders.js';

/** Deal states that leave the order open: nothing was agreed, or it lapsed. */
const LET_GO = new Set(['new', 'refused', 'lapsed']);

/** The maker's trades that hold an order, by order id. */
export function holders(views: readonly TradeView[]): Map<OrderId, TradeView> {
  const holding = views.filter(
    ({ state }) => state.data.role === 'maker' && !LET_GO.has(state.machines.deal),
  );
  return new Map(holding.map((view) => [orderIdOf(view.state.data.signedOrder.order), view]));
}

function offerState(own: OwnOrder, holder: TradeView | undefined, now: UnixMs): rpc.OfferState {
  if (holder) {
    return holder.state.machines.deal === 'locked' ? rpc.OfferState.LOCKED : rpc.OfferState.PENDING;
  }
  if (own.withdrawn) return rpc.OfferState.WITHDRAWN;
  return own.signedOrder.order.expiresAtMs <= now ? rpc.OfferState.EXPIRED : rpc.OfferState.OPEN;
}

/** Nobody can take it any more, and no trade of it runs. */
export const isClosed = ({ state }: rpc.Offer, holder: TradeView | undefined): boolean =>
  state === rpc.OfferState.WITHDRAWN || state === rpc.OfferState.EXPIRED || holder?.terminal === true;

export function offerView(own: OwnOrder, holder: TradeView | undefined, now: UnixMs): rpc.Offer {
  const { order } = own.signedOrder;
  return {
    orderId: orderIdOf(order),
    state: offerState(own, holder, now),
    side: rpcSide(order.side),
    amountMsat: order.amountMsat,
    fiat: fiatAmount(order.fiat),
    method: paymentMethod(order.method),
    shapes: order.shapes.map(rpcShape),
    windowsPreset: order.windows,
    agentKeys: order.agents.map(({ key }) => key),
    orderUri: orderUri(own.signedOrder),
    expiresAtMs: BigInt(order.expiresAtMs),
    tradeId: holder?.tradeId ?? '',
  };
}
