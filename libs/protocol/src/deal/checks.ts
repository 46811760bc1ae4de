/** What each side checks of the others' signatures and terms before it goes on (A4-A6, protocol.md section 1). */
import type { AgentPolicy } from '../terms/agent-terms.js';
import { agentTermsHashOf } from '../terms/agent-terms.js';
import { retainFee, successFee } from '../terms/fees.js';
import { orderIdOf, orderIsSigned } from '../terms/order.js';
import type { Terms } from '../terms/terms.js';
import { differences, payoutHash, retainedHash, signedBy, termsHashOf } from '../terms/terms.js';
import type { BodyOf } from '../messages/bodies.js';
import type { Fact } from '../machine/facts.js';
import { roleOf } from '../machine/rows.js';
import type { TradeData } from '../machine/state.js';
import { agreedTerms } from '../machine/state.js';
import type { Guard } from '../machine/table.js';
import type { UnixMs } from '../units.js';

/** Why a maker refuses a taker's terms; empty = it signs. Also the reasons of A15. */
export function reasonsAgainst(d: TradeData, t: Terms): string[] {
  const { order } = d.signedOrder;
  const reasons = differences(t, order, orderIdOf(order)).map(
    (name) => `the terms differ from the order in: ${name}`,
  );
  if (!order.agents.some((agent) => agent.key === t.agent.key))
    reasons.unshift('the agent is not on the order');
  return reasons;
}

/** What a taker asks of the agent's answer: the order's figures, its own key and node, the fees of the agent's own policy. */
export const termsFit: Guard<'signedTerms'> = (d, f, c) => {
  const { terms } = f.body;
  const policy = d.agentPolicy;
  return (
    policy !== undefined &&
    reasonsAgainst(d, terms).length === 0 &&
    terms.shape === d.shape &&
    terms.taker.key === c.keys.publicKey &&
    terms.taker.node === d.ownNode &&
    terms.nonces.taker === d.nonce &&
    feesFit(terms, policy) &&
    (terms.retainFeeMsat === 0n) === (f.body.feeInvoice === null) &&
    signedBy(termsHashOf(terms), policy.agentKey, f.body.signature)
  );
};

const feesFit = (t: Terms, policy: AgentPolicy): boolean =>
  t.agent.key === policy.agentKey &&
  t.agent.node === policy.node &&
  t.agentTermsHash === agentTermsHashOf(policy) &&
  t.retainFeeMsat === retainFee(policy.fees, t.priceMsat, t.windows.cltvExpiry) &&
  t.successFeeMsat === successFee(policy.fees, t.priceMsat) &&
  t.smallestPriceMsat === policy.smallestPriceMsat &&
  t.priceMsat >= t.smallestPriceMsat;

/** Agent and taker have signed the very terms that came with the take-order. */
export const takerSigned = (f: Fact<'takeOrder'>): boolean => {
  const hash = termsHashOf(f.body.terms);
  return (
    signedBy(hash, f.body.terms.agent.key, f.body.agentSignature) &&
    signedBy(hash, f.body.terms.taker.key, f.body.takerSignature)
  );
};

/** AGENT_HELD wants the payee's payout invoice, signed by the payee; other shapes want none (A6). */
export function payoutFits(d: TradeData, payout: BodyOf<'retain'>['payout'], t: Terms): boolean {
  if (t.shape !== 'AGENT_HELD') return payout === null;
  const payee = roleOf(d, 'payee') === 'maker' ? t.maker : t.taker;
  return payout !== null && signedBy(payoutHash(termsHashOf(t), payout.hash), payee.key, payout.signature);
}

export const makerSigned: Guard<'tradeResponse'> = (d, f) => {
  const { terms, hash } = agreedTerms(d);
  return (
    f.body.answer === 'accepted' &&
    f.body.makerSignature !== null &&
    signedBy(hash, terms.maker.key, f.body.makerSignature) &&
    (d.seat === 'payee' || payoutFits(d, f.body.payout, terms))
  );
};

/** All three have signed the terms the agent wrote, and the payout invoice is the payee's (A9: nothing is swapped). */
export const allSigned: Guard<'retain'> = (d, f) => {
  const { terms, hash } = agreedTerms(d);
  return (
    signedBy(hash, terms.agent.key, f.body.agentSignature) &&
    signedBy(hash, terms.taker.key, f.body.takerSignature) &&
    signedBy(hash, terms.maker.key, f.body.makerSignature) &&
    payoutFits(d, f.body.payout, terms)
  );
};

/** `retained` makes the terms valid: the agent's last signature, over the same hash and a lease that isn't longer than agreed. */
export const retainedFits: Guard<'retained'> = (d, f) => {
  const { terms, hash } = agreedTerms(d);
  return (
    signedBy(retainedHash(hash, f.body.leaseEnd), terms.agent.key, f.body.signature) &&
    signedBy(hash, terms.maker.key, f.body.makerSignature) &&
    f.body.leaseEnd <= f.at.height + terms.windows.leaseBlocks + 2 &&
    (f.body.holdInvoice !== null) === (terms.shape === 'AGENT_HELD' && d.seat === 'payer')
  );
};

/** Why an agent doesn't offer terms for an order; empty = it does. */
export function reasonsAgainstOrder(d: TradeData, f: Fact<'solicit'>, key: string): string[] {
  const { order } = f.body.signedOrder;
  const policy = d.agentPolicy;
  if (!policy) return ['the agent has no policy'];
  const listed = order.agents.find((agent) => agent.key === key);
  const checks: [string, boolean][] = [
    ["the order's signature does not fit it", orderIsSigned(f.body.signedOrder)],
    ['the order is for another network', order.network === policy.network],
    ['the order has expired', order.expiresAtMs > (f.at.timeMs satisfies UnixMs)],
    ['this agent is not on the order', listed !== undefined],
    ['the order names other terms of this agent', listed?.termsHash === agentTermsHashOf(policy)],
    ['the shape is not offered', policy.shapes.includes(f.body.shape) && order.shapes.includes(f.body.shape)],
    ['the amount is below the smallest price', order.amountMsat >= policy.smallestPriceMsat],
    ['the amount is above the largest price', order.amountMsat <= policy.largestPriceMsat],
  ];
  return checks.filter(([, fits]) => !fits).map(([reason]) => reason);
}

/** Latest start of an escrow payment: `locked` must still be countersigned at lease end - 2. */
export const escrowStartBefore = (leaseEnd: number): number => leaseEnd - 2;
export const payoutRoom = (d: TradeData, A: number, tip: number): number =>
  A - d.limits.margins.forcedSettle - tip;
