/** Who may begin a trade where: as in the daemons, with nonces that are always the same. */
import { beginAtAgent, beginAtMaker, beginNowhere, type OwnOrder } from '@tercet/daemon';
import type { Message, Role, TradeData } from '@tercet/protocol';
import { LIMITS, orderIdOf } from '@tercet/protocol';
import type { Party, World } from './port.js';
import { NONCES, PAYMENT_DETAILS, WITHDRAWN_SHARE } from './scene.js';

const admit = () => Promise.resolve();

export const Begin: Record<Role, (message: Message, self: Party, world: World) => Promise<TradeData>> = {
  agent: async (message, _, { papers }) => ({
    ...(await beginAtAgent({ limits: LIMITS, policy: papers.policy, admit })(message)),
    nonce: NONCES.agent,
  }),
  maker: (message, self, { papers, random, scene }) => {
    const own: OwnOrder = {
      signedOrder: papers.order,
      paymentDetails: scene.side === 'sell' ? PAYMENT_DETAILS : undefined,
      withdrawn: random.chance(WITHDRAWN_SHARE),
    };
    const order = (id: string) => Promise.resolve(id === orderIdOf(papers.order.order) ? own : undefined);
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
