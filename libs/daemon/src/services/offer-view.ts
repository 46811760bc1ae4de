/** An order of this daemon and what became of it, read from its trades and the clock, never remembered. */
import type { TradeHead } from '@tercet/journal';
import type { TradeId, UnixMs } from '@tercet/protocol';
import { orderIdOf, orderUri, rpc } from '@tercet/protocol';
import type { Trades } from '../executor/port.js';
import { rpcShape, rpcSide } from './names.js';
import { fiatAmount, paymentMethod } from './order-view.js';
import type { OwnOrder } from './own-orders.js';
import { unlessDamaged } from './unless-damaged.js';

/** The trade that an order is taken by, and how far its deal is. */
interface Holder {
  tradeId: TradeId;
  deal: string | undefined;
}

/** One that can't be read holds its order all the same, and no other order is hidden by it (S25). */
export async function holder(
  trades: Pick<Trades, 'view'>,
  head: TradeHead | undefined,
): Promise<Holder | undefined> {
  if (!head) return undefined;
  const { tradeId } = head;
  return { tradeId, deal: (await unlessDamaged(trades.view(tradeId)))?.state.machines.deal };
}

function offerState(own: OwnOrder, held: Holder | undefined, now: UnixMs): rpc.OfferState {
  if (held) return held.deal === 'locked' ? rpc.OfferState.LOCKED : rpc.OfferState.PENDING;
  if (own.withdrawn) return rpc.OfferState.WITHDRAWN;
  return own.signedOrder.order.expiresAtMs <= now ? rpc.OfferState.EXPIRED : rpc.OfferState.OPEN;
}

/** Nobody can take it any more, and no trade holds it. */
export const isClosed = ({ state }: rpc.Offer): boolean =>
  state === rpc.OfferState.WITHDRAWN || state === rpc.OfferState.EXPIRED;

export function offerView(own: OwnOrder, held: Holder | undefined, now: UnixMs): rpc.Offer {
  const { order } = own.signedOrder;
  return {
    orderId: orderIdOf(order),
    state: offerState(own, held, now),
    side: rpcSide(order.side),
    amountMsat: order.amountMsat,
    fiat: fiatAmount(order.fiat),
    method: paymentMethod(order.method),
    shapes: order.shapes.map(rpcShape),
    windowsPreset: order.windows,
    agentKeys: order.agents.map(({ key }) => key),
    orderUri: orderUri(own.signedOrder),
    expiresAtMs: BigInt(order.expiresAtMs),
    tradeId: held?.tradeId ?? '',
  };
}
