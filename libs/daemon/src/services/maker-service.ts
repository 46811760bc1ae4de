/** Orders of this daemon: made, listed, withdrawn (A2, A3). */
import { randomBytes } from 'node:crypto';
import type { Journal, Seed } from '@tercet/journal';
import type { Blocks, Contact, NodeId, OrderId } from '@tercet/protocol';
import {
  canonicalJson,
  HOLD_EXPIRY_DELTA,
  orderIdOf,
  orderUri,
  publicKeyOf,
  rpc,
  sign,
  signedOrder,
  signOrder,
  TercetError,
} from '@tercet/protocol';
import { z } from 'zod';
import type { AgentDirectory, KnownAgent, ReadyAgent } from '../agents/index.js';
import type { TraderConfig } from '../config/index.js';
import { tradeSecret } from '../executor/keyring.js';
import type { Trades } from '../executor/port.js';
import type { HostedService } from '../grpc/index.js';
import { hostService } from '../grpc/index.js';
import { admitPrice } from './admission.js';
import type { Wanted } from './new-order.js';
import { agentMisfit, orderOf, wantedOf } from './new-order.js';
import { holder, isClosed, offerView } from './offer-view.js';
import { keepOrder, ownOrder, ownOrders } from './own-orders.js';
import { page } from './page.js';

export interface MakerServiceDeps {
  config: Pick<TraderConfig, 'network' | 'ceilings'>;
  journal: Pick<Journal, 'document' | 'documents' | 'putDocument'>;
  seed: Seed;
  trades: Pick<Trades, 'holderOf' | 'view' | 'now'>;
  directory: Pick<AgentDirectory, 'current'>;
  node: NodeId;
  contact: Contact;
  /** Of this daemon's node: with a larger one than the protocol's it may not host a hold (D). */
  holdExpiryDelta: () => Promise<Blocks>;
  /** Throws where no new trade is taken (S35): an order would only be refused to whoever takes it. */
  mayBegin: () => Promise<void>;
  /** 16 random bytes, hex. */
  nonce?: () => string;
}

export const makerServiceImplementation = (deps: MakerServiceDeps): rpc.MakerServiceImplementation => {
  const { config, journal, trades } = deps;
  const nonce = deps.nonce ?? (() => randomBytes(16).toString('hex'));
  async function* offersAfter(after: string, includeClosed: boolean): AsyncGenerator<rpc.Offer> {
    for await (const own of ownOrders(journal, after)) {
      const head = await trades.holderOf(own.signedOrder);
      if (!includeClosed && head?.terminal) continue;
      const offer = offerView(own, await holder(trades, head), trades.now().timeMs);
      if (includeClosed || !isClosed(offer)) yield offer;
    }
  }

  return {
    async createOffer(request) {
      await deps.mayBegin();
      const wanted = wantedOf(request, trades.now().timeMs);
      admitPrice(config, wanted.amountMsat);
      await refuseUnfitHost(wanted, deps.holdExpiryDelta);
      const { chosen, leftOut } = sortOut(await deps.directory.current(), wanted);
      if (chosen.length === 0) throw noAgentReady(leftOut);
      const fresh = nonce();
      const secret = tradeSecret(deps.seed, fresh);
      const order = orderOf(wanted, chosen, {
        network: config.network,
        key: publicKeyOf(secret),
        nonce: fresh,
        contact: deps.contact,
        node: deps.node,
      });
      const signed = signOrder(order, (hash) => sign(hash, secret));
      const orderId = orderIdOf(order);
      await keepOrder(journal, orderId, {
        signedOrder: signed,
        paymentDetails: wanted.side === 'sell' ? request.paymentDetails : undefined,
        withdrawn: false,
      });
      return {
        orderId,
        orderUri: orderUri(signed),
        orderFileJson: canonicalJson(z.encode(signedOrder, signed)),
        agentKeys: order.agents.map(({ key }) => key),
        agentsLeftOut: leftOut,
      };
    },
    async listOffers({ includeClosed, after }) {
      const { items, more } = await page(offersAfter(after, includeClosed));
      return { offers: items, more };
    },
    async withdrawOffer({ orderId }) {
      const own = await ownOrder(journal, orderId);
      if (!own) throw orderNotFound(orderId);
      const withdrawn = { ...own, withdrawn: true };
      await keepOrder(journal, orderId as OrderId, withdrawn);
      const held = await holder(trades, await trades.holderOf(own.signedOrder));
      return { offer: offerView(withdrawn, held, trades.now().timeMs) };
    },
  };
};

/** Makes, lists and withdraws orders. */
export const makerService = (deps: MakerServiceDeps): HostedService =>
  hostService({
    definition: rpc.MakerServiceDefinition,
    implementation: makerServiceImplementation(deps),
    scopes: { createOffer: 'trade', listOffers: 'read', withdrawOffer: 'trade' },
  });

/** In PEER_HELD the payee's node hosts: a maker that buys must be able to. */
async function refuseUnfitHost(wanted: Wanted, holdExpiryDelta: () => Promise<Blocks>): Promise<void> {
  if (wanted.side === 'sell' || !wanted.shapes.includes('PEER_HELD')) return;
  const delta = await holdExpiryDelta();
  if (delta <= HOLD_EXPIRY_DELTA) return;
  throw unfitHost(delta, 'No order was made.');
}

export const unfitHost = (delta: Blocks, nothing: string): TercetError =>
  new TercetError(
    'HOLD_EXPIRY_TOO_EARLY',
    `This node lets go of held payments ${delta} blocks early, the protocol counts on ${HOLD_EXPIRY_DELTA}, so it can't host a hold. ${nothing}`,
    { wayOut: `Set invoices.holdexpirydelta=${HOLD_EXPIRY_DELTA} at lnd, or use AGENT_HELD.` },
  );

function sortOut(known: readonly KnownAgent[], wanted: Wanted) {
  const chosen: ReadyAgent[] = [];
  const leftOut: Record<string, string> = {};
  for (const { agent, standing } of known) {
    if (standing.readiness !== 'ready') {
      leftOut[agent.key] = standing.why;
      continue;
    }
    const misfit = agentMisfit({ agent, standing }, wanted);
    if (misfit !== undefined) leftOut[agent.key] = misfit;
    else if (chosen.length < MOST_AGENTS) chosen.push({ agent, standing });
    else leftOut[agent.key] = `An order names at most ${MOST_AGENTS} agents.`;
  }
  return { chosen, leftOut };
}

/** An order names at most so many. */
const MOST_AGENTS = 16;

const noAgentReady = (leftOut: Record<string, string>): TercetError =>
  new TercetError(
    'NO_AGENT_READY',
    `${Object.keys(leftOut).length === 0 ? 'No agent is configured' : 'None of the configured agents can be used now'}, so nobody could hold the escrow. No order was made.`,
    {
      wayOut: 'See "tercet agents" for the reason of each; name agents that you trust in the configuration.',
      details: leftOut,
    },
  );

const orderNotFound = (orderId: string): TercetError =>
  new TercetError('ORDER_NOT_FOUND', 'There is no such order here. Nothing was changed.', {
    wayOut: 'List the orders with: tercet offers --all',
    details: { orderId },
  });
