/** A taker's trade before its first step. Pure. */
import type {
  AgentPolicy,
  Commands,
  Contact,
  Limits,
  NodeId,
  PublicKey,
  ShapeName,
  SignedOrder,
  TradeData,
  UnixMs,
} from '@tercet/protocol';
import { blankTrade, orderIdOf, tradeIdOf } from '@tercet/protocol';

export interface Taking {
  signedOrder: SignedOrder;
  policy: AgentPolicy;
  /** Where this daemon's own configuration says that the agent is. */
  agentContact: Contact;
  shape: ShapeName;
  /** 16 random bytes, hex: the trade's key is drawn from it. */
  nonce: string;
  key: PublicKey;
  node: NodeId;
  contact: Contact;
  externalWallet: boolean;
  paymentDetails?: string;
  limits: Limits;
  now: UnixMs;
}

export function takersTrade(t: Taking): TradeData {
  const { order } = t.signedOrder;
  return {
    ...blankTrade(t.limits),
    tradeId: tradeIdOf(orderIdOf(order), t.key),
    role: 'taker',
    seat: order.side === 'sell' ? 'payee' : 'payer',
    shape: t.shape,
    signedOrder: t.signedOrder,
    peers: {
      maker: { key: order.makerKey, contact: order.makerContact },
      taker: { key: t.key, contact: t.contact },
      agent: { key: t.policy.agentKey, contact: t.agentContact },
    },
    agentPolicy: t.policy,
    nonce: t.nonce,
    ownNode: t.node,
    ownContact: t.contact,
    startedMs: t.now,
    externalWallet: t.externalWallet,
    paymentDetails: t.paymentDetails,
  };
}

export const cmdTake = (t: Taking): { kind: 'cmdTake' } & Commands['cmdTake'] => ({
  kind: 'cmdTake',
  signedOrder: t.signedOrder,
  agent: t.policy,
  shape: t.shape,
  node: t.node,
  contact: t.contact,
  nonce: t.nonce,
  paymentDetails: t.paymentDetails,
  externalWallet: t.externalWallet,
});
