/** Who may begin a trade where: as in the daemons, with nonces that are always the same. */
import { beginAtAgent, beginAtMaker, beginNowhere, type OwnOrder } from '@tercet/daemon';
import type { Message, Role, TradeData } from '@tercet/protocol';
import { LIMITS, orderIdOf } from '@tercet/protocol';
import type { Party, World } from './port.js';
import { PAYMENT_DETAILS, WITHDRAWN_SHARE } from './scene.js';
import type { Trade } from './trade.js';

const admit = () => Promise.resolve();

export const Begin: Record<Role, (message: Message, self: Party, world: World) => Promise<TradeData>> = {
  agent: async (message, _, world) => {
    const { papers, scene } = world.trade(message.tradeId);
    return {
      ...(await beginAtAgent({ limits: LIMITS, policy: papers.policy, admit })(message)),
      nonce: scene.nonces.agent,
    };
  },
  maker: (message, self, world) => {
    const withdrawn = world.random.chance(WITHDRAWN_SHARE);
    const order = (id: string) => {
      const trade = world.trades.find(({ papers }) => id === orderIdOf(papers.order.order));
      return Promise.resolve(trade && { ...ownOrder(trade), withdrawn });
    };
    return beginAtMaker({
      limits: LIMITS,
      order,
      node: self.node.nodeId,
      contact: self.contact(self.role),
      admit,
    })(message);
  },
  taker: beginNowhere,
};

const ownOrder = ({ papers, scene }: Trade): Omit<OwnOrder, 'withdrawn'> => ({
  signedOrder: papers.order,
  paymentDetails: scene.side === 'sell' ? PAYMENT_DETAILS : undefined,
});
