/** What a first message may start: at an agent a trade by `solicit`, at a maker one by `takeOrder`. Deny by default (S30). */
import { randomBytes } from 'node:crypto';
import type {
  AgentPolicy,
  Contact,
  Limits,
  Message,
  NodeId,
  PublicKey,
  SignedOrder,
  TradeData,
} from '@tercet/protocol';
import { blankTrade, orderIdOf, seatOf, TercetError, tradeIdOf } from '@tercet/protocol';
import type { OwnOrder } from '../services/own-orders.js';

export interface AgentDesk {
  limits: Limits;
  policy: AgentPolicy;
  /** Throws when a limit is reached (S37). */
  admit: (priceMsat: bigint) => Promise<void>;
}

export interface MakerDesk {
  limits: Limits;
  order: (orderId: string) => Promise<OwnOrder | undefined>;
  node: NodeId;
  contact: Contact;
  admit: (priceMsat: bigint) => Promise<void>;
}

/** The agent's side of a trade that a taker asks for (A4). */
export const beginAtAgent =
  (desk: AgentDesk) =>
  async (message: Message): Promise<TradeData> => {
    if (message.body.type !== 'solicit' || message.from !== 'taker') throw noSuchTrade();
    const { signedOrder, shape, takerContact } = message.body;
    const { order } = signedOrder;
    checkId(message, signedOrder, message.key);
    await desk.admit(order.amountMsat);
    return {
      ...blankTrade(desk.limits),
      tradeId: message.tradeId,
      role: 'agent',
      seat: 'agent',
      shape,
      signedOrder,
      peers: {
        maker: { key: order.makerKey, contact: order.makerContact },
        taker: { key: message.key, contact: takerContact },
        agent: { key: desk.policy.agentKey },
      },
      agentPolicy: desk.policy,
      nonce: randomBytes(16).toString('hex'),
      ownNode: desk.policy.node,
      ownContact: desk.policy.contact,
    };
  };

/** The maker's side of a trade on one of its own orders (A5, A15). */
export const beginAtMaker =
  (desk: MakerDesk) =>
  async (message: Message): Promise<TradeData> => {
    if (message.body.type !== 'takeOrder' || message.from !== 'taker') throw noSuchTrade();
    const { terms, takerContact } = message.body;
    const own = await desk.order(terms.orderId);
    if (!own || own.withdrawn) {
      throw new TercetError(
        'ORDER_NOT_FOUND',
        'There is no such order here, or it was withdrawn. Nothing was paid to the maker.',
        {
          wayOut: 'Take another order.',
        },
      );
    }
    checkId(message, own.signedOrder, message.key);
    await desk.admit(own.signedOrder.order.amountMsat);
    const data: TradeData = {
      ...blankTrade(desk.limits),
      tradeId: message.tradeId,
      role: 'maker',
      seat: 'payer',
      shape: terms.shape,
      signedOrder: own.signedOrder,
      peers: {
        maker: { key: own.signedOrder.order.makerKey },
        taker: { key: message.key, contact: takerContact },
        agent: agentOf(own.signedOrder, terms.agent.key),
      },
      ownNode: desk.node,
      ownContact: desk.contact,
      paymentDetails: own.paymentDetails,
    };
    return { ...data, seat: seatOf(data, 'maker') };
  };

const agentOf = (o: SignedOrder, key: PublicKey) => {
  const listed = o.order.agents.find((agent) => agent.key === key);
  return listed && { key: listed.key, contact: listed.contact };
};

/** The trade's id says which order and which taker: nobody can start a trade under another's id. */
function checkId(message: Message, o: SignedOrder, takerKey: PublicKey): void {
  if (tradeIdOf(orderIdOf(o.order), takerKey) === message.tradeId) return;
  throw new TercetError(
    'WRONG_TRADE_ID',
    "The trade's id does not fit its order and taker. Nothing was done.",
    {
      wayOut: 'Upgrade the daemon that sent it.',
    },
  );
}

const noSuchTrade = () =>
  new TercetError('TRADE_NOT_FOUND', 'There is no such trade here. Nothing was done.', {
    wayOut: 'Start with the message that begins a trade.',
  });

/** A taker's daemon starts its trades itself. */
export const beginNowhere = (): Promise<TradeData> => Promise.reject(noSuchTrade());
