/** Every figure of terms, signed or only expected, as a person sees it before money moves. */
import type {
  AgentPolicy,
  Height,
  Msat,
  Order,
  ShapeName,
  Terms,
  TermsHash,
  TradeData,
  Windows,
} from '@tercet/protocol';
import {
  above,
  msat,
  orderIdOf,
  retainFee,
  ROUTE_ALLOWANCE,
  rpc,
  successFee,
  trustOf,
  windowsFor,
} from '@tercet/protocol';
import { rpcDirection, rpcNetwork, rpcSeat, rpcShape } from './names.js';
import { fiatAmount, paymentMethod } from './order-view.js';

/** A wallet that can't be read may keep a payment locked this long (protocol.md section 2). */
const UNREADABLE_WALLET_BLOCKS = 2016;

/** Until where the payer's sats can be locked at the longest, said before it pays. */
const longestLock = (tip: Height, windows: Windows, externalWallet: boolean): Height =>
  above(tip, externalWallet ? UNREADABLE_WALLET_BLOCKS : windows.cltvExpiry + ROUTE_ALLOWANCE);

const trustStatement = (shape: ShapeName, lockedUntilHeight: Height): rpc.TrustStatement => {
  const trust = trustOf(shape);
  return {
    whoCouldTakeSats: trust.couldTakeTheSats,
    whoCouldTakePerformance: trust.couldMakeThePerformerGive,
    proof: trust.proof,
    lockedUntilHeight,
  };
};

const windowsView = (w: Windows): rpc.Windows => ({
  performByBlocks: w.performBy,
  answerByBlocks: w.answerBy,
  decideByBlocks: w.decideBy,
  settlementBlocks: w.settlementBlocks,
  cltvExpiryBlocks: w.cltvExpiry,
  leaseBlocks: w.leaseBlocks,
  holdExpiryDeltaBlocks: w.holdExpiryDelta,
});

/** What order and terms say alike. */
const fromOrder = (order: Order, shape: ShapeName) => ({
  version: order.version,
  network: rpcNetwork(order.network),
  engine: order.engine,
  shape: rpcShape(shape),
  orderId: orderIdOf(order),
  direction: rpcDirection(order.side),
  priceMsat: order.amountMsat,
  fiat: fiatAmount(order.fiat),
  method: paymentMethod(order.method),
  windowsPreset: order.windows,
  maker: { role: rpc.Role.MAKER, key: order.makerKey, nodeId: order.makerNode },
});

export interface Expectation {
  order: Order;
  shape: ShapeName;
  policy: AgentPolicy;
  tip: Height;
  externalWallet?: boolean;
}

/** Figures an agent's terms would have, from the order and the agent's policy, as the agent itself counts them. */
export function expectedTerms({
  order,
  shape,
  policy,
  tip,
  externalWallet = false,
}: Expectation): rpc.TermsSummary {
  const windows = windowsFor(shape, order.windows, order.method.settlementMinutes, policy.leaseBlocks);
  const success = successFee(policy.fees, order.amountMsat);
  return {
    ...fromOrder(order, shape),
    termsHash: '',
    taker: undefined,
    agent: { role: rpc.Role.AGENT, key: policy.agentKey, nodeId: policy.node },
    payoutMsat: payoutOf(shape, order.amountMsat, success),
    retainFeeMsat: retainFee(policy.fees, order.amountMsat, windows.cltvExpiry),
    successFeeMsat: success,
    smallestPriceMsat: policy.smallestPriceMsat,
    windows: windowsView(windows),
    defaultBothSilent: rpc.Seat.PAYEE,
    defaultUndecided: rpc.Seat.PAYEE,
    trust: trustStatement(shape, longestLock(tip, windows, externalWallet)),
  };
}

/** The agent keeps its success fee where the sats pass through it; else it is paid by its own invoice (section 3). */
const payoutOf = (shape: ShapeName, price: Msat, success: Msat): Msat =>
  shape === 'AGENT_HELD' ? msat(price - success) : price;

/** Terms as all three hold them. */
function signedTerms(d: TradeData, terms: Terms, hash: TermsHash, tip: Height): rpc.TermsSummary {
  const until = d.lockedUntil ?? longestLock(d.locked?.h ?? tip, terms.windows, d.externalWallet);
  return {
    ...fromOrder(d.signedOrder.order, terms.shape),
    version: terms.version,
    termsHash: hash,
    maker: { role: rpc.Role.MAKER, key: terms.maker.key, nodeId: terms.maker.node },
    taker: { role: rpc.Role.TAKER, key: terms.taker.key, nodeId: terms.taker.node },
    agent: { role: rpc.Role.AGENT, key: terms.agent.key, nodeId: terms.agent.node },
    priceMsat: terms.priceMsat,
    payoutMsat: terms.payoutMsat,
    retainFeeMsat: terms.retainFeeMsat,
    successFeeMsat: terms.successFeeMsat,
    smallestPriceMsat: terms.smallestPriceMsat,
    windows: windowsView(terms.windows),
    defaultBothSilent: rpcSeat(terms.defaults.bothSilent),
    defaultUndecided: rpcSeat(terms.defaults.undecided),
    trust: trustStatement(terms.shape, until),
  };
}

/** Terms of a trade: the signed ones, else what is expected; undefined where neither is known. */
export function termsOf(d: TradeData, tip: Height): rpc.TermsSummary | undefined {
  if (d.terms && d.termsHash) return signedTerms(d, d.terms, d.termsHash, tip);
  if (!d.agentPolicy) return undefined;
  const { order } = d.signedOrder;
  const { shape, agentPolicy: policy, externalWallet } = d;
  return expectedTerms({ order, shape, policy, tip, externalWallet });
}
