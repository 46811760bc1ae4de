import type { PaymentRequest } from '../units.js';
import { blocks, msat } from '../units.js';
import type { Fact } from '../machine/facts.js';
import { tell } from '../machine/rows.js';
import { agreedTerms, known } from '../machine/state.js';
import type { TradeData } from '../machine/state.js';
import type { Ask, Row } from '../machine/table.js';
import { ask, on } from '../machine/table.js';
import type { Effect } from '../machine/effects.js';
import type { Body } from '../messages/bodies.js';
import { SMALLEST_FINAL_CLTV } from '../terms/windows.js';
import { feeLimitMsat } from './limits.js';

/** Pays the retain fee (S1, S4): an ordinary invoice of the agent, before any hold exists. */
export const payRetainFee: Ask<'signedTerms'> = (_, f) => {
  const { terms, feeInvoice } = f.body;
  const { request, hash } = known(feeInvoice ?? undefined, 'fee invoice');
  return {
    kind: 'pay',
    purpose: 'retainFee',
    attempt: 1,
    request,
    expect: {
      hash,
      amountMsat: terms.retainFeeMsat,
      payee: terms.agent.node,
      leastFinalCltv: blocks(0),
      mostFinalCltv: blocks(144),
    },
    maxFeeMsat: msat(feeLimitMsat(terms.retainFeeMsat)),
    cltvLimit: blocks(SMALLEST_FINAL_CLTV + 3 + 400),
    activeChannels: [],
  };
};

/** The payer retains the agent: hands over every signature and the payee's sealed payout invoice. */
export const sendRetain: Ask = (d): Effect => tell('agent', retainBody(d));

const retainBody = (d: TradeData): Body => {
  agreedTerms(d);
  return {
    type: 'retain',
    agentSignature: known(d.signatures.agent, 'agent signature'),
    takerSignature: known(d.signatures.taker, 'taker signature'),
    makerSignature: known(d.signatures.maker, 'maker signature'),
    payout: d.sealedPayout ?? null,
  };
};

export const holdOf = (f: Fact<'retained'>): PaymentRequest | undefined => f.body.holdInvoice ?? undefined;

/** A trader that has left the deal sends back what the agent begins all the same: the other's sats come back at once. */
export const retainedTooLate: Row = on(
  'retained',
  ask(() => tell('agent', { type: 'cancelRequest', confirmed: true })),
  'A7 S59',
);
