import { agreedTerms, known } from '../machine/state.js';
import type { Ask } from '../machine/table.js';
import { escrowStartBefore } from '../deal/checks.js';
import { feeLimitMsat } from '../deal/limits.js';
import { ROUTE_ALLOWANCE } from '../terms/windows.js';
import { blocks, height, msat } from '../units.js';

/**
 * Pays the hold invoice (S1: once, S4: checked by our own node first, S58: not once `locked` could come too late).
 * `cltv_limit` = cltv_expiry + 3 + 200 (protocol.md section 5).
 */
export const payEscrow: Ask = (d) => {
  const { terms } = agreedTerms(d);
  const payee =
    terms.shape === 'AGENT_HELD' ? terms.agent : terms.bitcoinSeller === 'maker' ? terms.taker : terms.maker;
  return {
    kind: 'pay',
    purpose: 'escrow',
    attempt: 1,
    request: known(d.holdInvoice, 'hold invoice'),
    expect: {
      hash: known(d.escrowHash, 'escrow hash'),
      amountMsat: terms.priceMsat,
      payee: payee.node,
      leastFinalCltv: terms.windows.cltvExpiry,
      mostFinalCltv: terms.windows.cltvExpiry,
    },
    maxFeeMsat: msat(feeLimitMsat(terms.priceMsat)),
    cltvLimit: blocks(terms.windows.cltvExpiry + ROUTE_ALLOWANCE),
    startBefore: height(escrowStartBefore(known(d.leaseEnd, 'lease end'))),
    activeChannels: [],
  };
};

/** Invoice description of every hold: an lnd alone finds a lost trade again by it. */
export const holdDescription = (termsHash: string): string => `tercet ${termsHash}`;
