/** Why an order can't be taken here, and with which agent and shape it can: one place for looking at it and for taking it. */
import type { AgentPolicy, Network, NodeId, Order, ShapeName, TermsHash, UnixMs } from '@tercet/protocol';
import { TercetError } from '@tercet/protocol';
import type { KnownAgent, ReadyAgent } from '../agents/index.js';
import { notReady, notTrusted } from '../agents/index.js';

const NOTHING = 'Nothing was sent.';
const refusal = (code: string, text: string, wayOut: string): TercetError =>
  new TercetError(code, `${text} ${NOTHING}`, { wayOut });

export interface Here {
  network: Network;
  node: NodeId;
  now: UnixMs;
  /** The order is kept by this very daemon. */
  own: boolean;
  /** A trade of this daemon on the same order that isn't over. */
  running: boolean;
}

/** What stands against an order whatever the agent; empty = nothing. */
export function orderObstacles(order: Order, here: Here): TercetError[] {
  const obstacles: [boolean, () => TercetError][] = [
    [
      order.network !== here.network,
      () =>
        refusal(
          'WRONG_NETWORK',
          `The order is on ${order.network}, this daemon on ${here.network}.`,
          'Take it with a daemon of that network.',
        ),
    ],
    [
      order.expiresAtMs <= here.now,
      () => refusal('ORDER_EXPIRED', 'The order has expired.', 'Ask its maker for a new one.'),
    ],
    [
      here.own || order.makerNode === here.node,
      () =>
        refusal(
          'OWN_ORDER',
          'The order is your own, or of your own node.',
          'Take an order of somebody else.',
        ),
    ],
    [
      here.running,
      () =>
        refusal(
          'ALREADY_TAKING',
          'A trade of this daemon on this order runs already.',
          'See it with: tercet trades',
        ),
    ],
  ];
  return obstacles.filter(([stands]) => stands).map(([, say]) => say());
}

/** The hash of the terms that the order names for an agent. */
export const listedHash = (order: Order, key: string): TermsHash | undefined =>
  order.agents.find((agent) => agent.key === key)?.termsHash;

/** Why this agent can't be used for this order; undefined = it can. */
function agentObstacle(order: Order, { agent, standing }: KnownAgent): TercetError | undefined {
  if (standing.readiness !== 'ready') return notReady(agent.key, standing.why);
  const { policy } = standing.terms;
  if (standing.termsHash !== listedHash(order, agent.key)) {
    return refusal(
      'AGENT_TERMS_CHANGED',
      `The agent ${agent.key.slice(0, 8)} has other terms now than the order names.`,
      'Ask the maker for a new order, or choose another agent with --agent.',
    );
  }
  if (order.amountMsat < policy.smallestPriceMsat || order.amountMsat > policy.largestPriceMsat) {
    return refusal(
      'AGENT_REFUSES_AMOUNT',
      `The agent ${agent.key.slice(0, 8)} doesn't take a price of ${order.amountMsat / 1000n} sat.`,
      'Choose another agent with --agent, or another order.',
    );
  }
  if (shapesOffered(order, policy).length > 0) return undefined;
  return refusal(
    'SHAPE_NOT_OFFERED',
    `The agent ${agent.key.slice(0, 8)} offers none of the order's shapes.`,
    'Choose another agent with --agent.',
  );
}

/**
 * The agent that was asked for, else the first that fits. Throws AGENT_NOT_ON_ORDER, AGENT_NOT_TRUSTED,
 * NO_COMMON_AGENT, AGENT_NOT_READY, AGENT_TERMS_CHANGED, AGENT_REFUSES_AMOUNT, SHAPE_NOT_OFFERED.
 * @param common agents that both sides trust, as they stand.
 */
export function chooseAgent(order: Order, common: readonly KnownAgent[], wanted: string): ReadyAgent {
  if (wanted !== '') {
    if (listedHash(order, wanted) === undefined) {
      throw refusal(
        'AGENT_NOT_ON_ORDER',
        'The maker does not trust this agent: it is not on the order.',
        'Choose one that the order names, or none.',
      );
    }
    if (!common.some(({ agent }) => agent.key === wanted)) throw notTrusted(wanted);
  }
  const candidates = common.filter(({ agent }) => wanted === '' || agent.key === wanted);
  const obstacles: TercetError[] = [];
  for (const candidate of candidates) {
    const obstacle = agentObstacle(order, candidate);
    if (!obstacle && isReady(candidate)) return candidate;
    if (obstacle) obstacles.push(obstacle);
  }
  throw obstacles[0] ?? noCommonAgent();
}

const isReady = (known: KnownAgent): known is ReadyAgent => known.standing.readiness === 'ready';

const noCommonAgent = () =>
  refusal(
    'NO_COMMON_AGENT',
    'You and the maker trust no agent in common.',
    'Add one of the order\'s agents to "agents" in the configuration, if you trust it, or take another order.',
  );

/** Shapes of both order and agent, in the maker's order of preference. */
export const shapesOffered = (order: Order, policy: AgentPolicy): ShapeName[] =>
  order.shapes.filter((shape) => policy.shapes.includes(shape));

export interface ShapeWish {
  /** Undefined = the first that works here. */
  shape: ShapeName | undefined;
  externalWallet: boolean;
  /** Whether PEER_HELD works between the two nodes. Asked only where it matters. */
  peerHeldWorks: () => Promise<boolean>;
}

/** Throws EXTERNAL_WALLET, SHAPE_NOT_OFFERED, NO_ROUTE. */
export async function chooseShape(order: Order, policy: AgentPolicy, wish: ShapeWish): Promise<ShapeName> {
  const offered = shapesOffered(order, policy);
  if (wish.externalWallet) refuseWallet(order, wish.shape);
  const wanted = wish.externalWallet ? 'AGENT_HELD' : wish.shape;
  if (wanted) {
    if (offered.includes(wanted)) return wanted;
    throw refusal(
      'SHAPE_NOT_OFFERED',
      `Order and agent don't both offer ${wanted}.`,
      `Choose ${offered.join(' or ')}, or another agent.`,
    );
  }
  for (const shape of offered) {
    if (shape === 'AGENT_HELD' || (await wish.peerHeldWorks())) return shape;
  }
  throw refusal(
    'NO_ROUTE',
    'The order offers PEER_HELD alone, and no payment between the two nodes would go through now.',
    'Open a channel with enough room, ask for an order with AGENT_HELD, or insist with --shape PEER_HELD.',
  );
}

/** Another wallet can pay only where the taker is who pays, and where the agent hosts. */
function refuseWallet(order: Order, shape: ShapeName | undefined): void {
  if (order.side === 'sell') {
    throw refusal(
      'EXTERNAL_WALLET',
      'You buy bitcoin in this trade, so there is nothing for another wallet to pay.',
      'Take it without an external wallet.',
    );
  }
  if (shape === undefined || shape === 'AGENT_HELD') return;
  throw refusal(
    'EXTERNAL_WALLET',
    `Another wallet can't pay a ${shape} escrow: this daemon has to see the payment's expiry.`,
    'Choose AGENT_HELD, or pay with this node.',
  );
}
