/** Taking other people's orders (A4): whatever can be refused is refused before anything is sent or paid. */
import { randomBytes } from 'node:crypto';
import type { Journal, Seed } from '@tercet/journal';
import type { Limits, Blocks, Contact, Msat, NodeId, Order } from '@tercet/protocol';
import {
  HOLD_EXPIRY_DELTA,
  orderIdOf,
  publicKeyOf,
  readOrder,
  rpc,
  TercetError,
  windowsFor,
} from '@tercet/protocol';
import type { AgentDirectory, KnownAgent, ReadyAgent } from '../agents/index.js';
import type { TraderConfig } from '../config/index.js';
import { tradeSecret } from '../executor/keyring.js';
import type { Trades } from '../executor/port.js';
import type { HostedService } from '../grpc/index.js';
import { hostService } from '../grpc/index.js';
import { admit, checkCeilings, orderRuns } from './admission.js';
import { agentInfo, strangerInfo } from './agent-view.js';
import { unfitHost } from './maker-service.js';
import { rpcNetwork, rpcShape, rpcSide, shapeOf } from './names.js';
import { paymentDetailsMissing } from './new-order.js';
import type { Taking } from './new-trade.js';
import { cmdTake, takersTrade } from './new-trade.js';
import { fiatAmount, paymentMethod } from './order-view.js';
import { ownOrder } from './own-orders.js';
import { chooseAgent, chooseShape, listedHash, orderObstacles, shapesOffered } from './taking.js';
import { expectedTerms } from './terms-view.js';
import { throwRefusal } from './trade-service.js';

export interface TakerServiceDeps {
  config: Pick<TraderConfig, 'network' | 'ceilings'>;
  limits: Limits;
  journal: Pick<Journal, 'document'>;
  seed: Seed;
  trades: Pick<Trades, 'open' | 'newest' | 'now' | 'create' | 'onChange'>;
  directory: Pick<AgentDirectory, 'trusts' | 'currentOf'>;
  node: NodeId;
  contact: Contact;
  /** Whether a payment to that node would find a route now, with so many blocks at its last hop. */
  probe: (nodeId: NodeId, amountMsat: Msat, cltv: Blocks) => Promise<boolean>;
  /** Of this daemon's node: with a larger one than the protocol's it may not host a hold (D). */
  holdExpiryDelta: () => Promise<Blocks>;
  /** 16 random bytes, hex. */
  nonce?: () => string;
}

export const takerServiceImplementation = (deps: TakerServiceDeps): rpc.TakerServiceImplementation => {
  const { config, trades } = deps;
  const nonce = deps.nonce ?? (() => randomBytes(16).toString('hex'));

  const obstaclesTo = async (order: Order): Promise<TercetError[]> => {
    const orderId = orderIdOf(order);
    const obstacles = orderObstacles(order, {
      network: config.network,
      node: deps.node,
      now: trades.now().timeMs,
      own: (await ownOrder(deps.journal, orderId)) !== undefined,
      running: await orderRuns(trades, orderId),
    });
    const ceiling = await errorOf(() => checkCeilings(trades, config, order.amountMsat));
    return ceiling ? [...obstacles, ceiling] : obstacles;
  };

  /** Agents of the order that are trusted here too, as they stand, in the maker's order. */
  const commonAgents = (order: Order): Promise<KnownAgent[]> =>
    Promise.all(
      order.agents
        .filter(({ key }) => deps.directory.trusts(key))
        .map(({ key }) => deps.directory.currentOf(key, listedHash(order, key))),
    );

  /** The payee's node hosts, and the payer's has to reach it. */
  const peerHeldWorks = async (order: Order, { standing }: ReadyAgent): Promise<boolean> => {
    if (order.side === 'sell' && (await deps.holdExpiryDelta()) > HOLD_EXPIRY_DELTA) return false;
    const { leaseBlocks } = standing.terms.policy;
    const windows = windowsFor('PEER_HELD', order.windows, order.method.settlementMinutes, leaseBlocks);
    return deps.probe(order.makerNode, order.amountMsat, windows.cltvExpiry);
  };

  const shapeFor = async (order: Order, agent: ReadyAgent, request: rpc.TakeRequest) => {
    const shape = await chooseShape(order, agent.standing.terms.policy, {
      shape: shapeOf(request.shape),
      externalWallet: request.externalWallet,
      peerHeldWorks: () => peerHeldWorks(order, agent),
    });
    if (shape === 'PEER_HELD' && order.side === 'sell') {
      const delta = await deps.holdExpiryDelta();
      if (delta > HOLD_EXPIRY_DELTA) throw unfitHost(delta, 'Nothing was sent.');
    }
    return shape;
  };

  return {
    async inspectOrder({ orderUri }) {
      const { order } = readOrder(orderUri);
      const obstacles = await obstaclesTo(order);
      // Agents of another network aren't bothered.
      const common = order.network === config.network ? await commonAgents(order) : [];
      const chosen = await attempt(() => chooseAgent(order, common, ''));
      if (order.network === config.network && chosen instanceof TercetError) obstacles.push(chosen);
      return {
        ...orderView(order),
        agents: order.agents.map(({ key, contact }) => {
          const known = common.find(({ agent }) => agent.key === key);
          return known ? agentInfo(known) : strangerInfo(key, contact);
        }),
        previews: chosen instanceof TercetError ? [] : previews(order, chosen, deps),
        obstacles: obstacles.map(({ message }) => message),
      };
    },
    async take(request) {
      const signedOrder = readOrder(request.orderUri);
      const { order } = signedOrder;
      const [obstacle] = await obstaclesTo(order);
      if (obstacle) throw obstacle;
      const sells = order.side === 'buy';
      if (sells && request.paymentDetails.trim() === '') throw paymentDetailsMissing('trade was started');
      const agent = chooseAgent(order, await commonAgents(order), request.agentKey);
      const shape = await shapeFor(order, agent, request);
      const fresh = nonce();
      const taking: Taking = {
        signedOrder,
        policy: agent.standing.terms.policy,
        agentContact: { address: agent.agent.address, certFingerprint: agent.agent.fingerprint },
        shape,
        nonce: fresh,
        key: publicKeyOf(tradeSecret(deps.seed, fresh)),
        node: deps.node,
        contact: deps.contact,
        externalWallet: request.externalWallet,
        paymentDetails: sells ? request.paymentDetails : undefined,
        limits: deps.limits,
        now: trades.now().timeMs,
      };
      const data = takersTrade(taking);
      await admit(trades, config, order.amountMsat);
      throwRefusal(await trades.create(data, cmdTake(taking)));
      return { tradeId: data.tradeId };
    },
  };
};

/** Reads and takes orders. */
export const takerService = (deps: TakerServiceDeps): HostedService =>
  hostService({
    definition: rpc.TakerServiceDefinition,
    implementation: takerServiceImplementation(deps),
    scopes: { inspectOrder: 'read', take: 'trade' },
  });

const orderView = (order: Order) => ({
  orderId: orderIdOf(order),
  makerKey: order.makerKey,
  network: rpcNetwork(order.network),
  side: rpcSide(order.side),
  amountMsat: order.amountMsat,
  fiat: fiatAmount(order.fiat),
  method: paymentMethod(order.method),
  shapes: order.shapes.map(rpcShape),
  windowsPreset: order.windows,
  expiresAtMs: BigInt(order.expiresAtMs),
});

const previews = (
  order: Order,
  { standing }: ReadyAgent,
  { trades }: TakerServiceDeps,
): rpc.TermsSummary[] => {
  const { policy } = standing.terms;
  const tip = trades.now().height;
  return shapesOffered(order, policy).map((shape) => expectedTerms({ order, shape, policy, tip }));
};

/** An answer, or the refusal that came instead. */
async function attempt<T>(ask: () => T | Promise<T>): Promise<T | TercetError> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof TercetError) return error;
    throw error;
  }
}

async function errorOf(ask: () => Promise<void>): Promise<TercetError | undefined> {
  const answer = await attempt(ask);
  return answer instanceof TercetError ? answer : undefined;
}
