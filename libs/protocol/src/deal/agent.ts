/**
 * The agent's side of the deal: it answers and never starts a step (A1). Terms are its own draft, signed first; its
 * second signature, `retained`, makes them valid.
 */
import { above, blocks } from '../units.js';
import type { Terms } from '../terms/terms.js';
import { retainedHash, termsHashOf } from '../terms/terms.js';
import { agentTermsHashOf } from '../terms/agent-terms.js';
import { retainFee, successFee } from '../terms/fees.js';
import { orderIdOf } from '../terms/order.js';
import { windowsFor } from '../terms/windows.js';
import type { Fact } from '../machine/facts.js';
import { keepWhy, latest, roleOf, tell } from '../machine/rows.js';
import type { TradeData } from '../machine/state.js';
import { agreedTerms, known } from '../machine/state.js';
import type { Ask, Context, DeadlineAt, Guard, Keep } from '../machine/table.js';
import { after, ask, due, keep, machine, on, raise, state, to, when } from '../machine/table.js';
import { msat } from '../units.js';
import { allSigned, reasonsAgainstOrder } from './checks.js';
import { INVOICE_START_SECONDS } from './limits.js';

const giveUp: DeadlineAt = (d) => after(d.startedMs, 2 * d.limits.negotiationMs);

const offered: Guard<'solicit'> = (d, f, c) => reasonsAgainstOrder(d, f, c.keys.publicKey).length === 0;

/** The agent's draft: figures from the order and from its own policy, windows from the order's preset. */
function draft(d: TradeData, f: Fact<'solicit'>, c: Context): Terms {
  const { order } = f.body.signedOrder;
  const policy = known(d.agentPolicy, 'policy');
  const windows = windowsFor(
    f.body.shape,
    order.windows,
    order.method.settlementMinutes,
    blocks(policy.leaseBlocks),
  );
  const success = successFee(policy.fees, order.amountMsat);
  return {
    version: 1,
    network: order.network,
    engine: order.engine,
    shape: f.body.shape,
    orderId: orderIdOf(order),
    maker: { key: order.makerKey, node: order.makerNode },
    taker: { key: known(d.peers.taker, 'taker').key, node: f.body.takerNode },
    agent: { key: c.keys.publicKey, node: policy.node },
    bitcoinSeller: order.side === 'sell' ? 'maker' : 'taker',
    priceMsat: order.amountMsat,
    payoutMsat: f.body.shape === 'AGENT_HELD' ? msat(order.amountMsat - success) : order.amountMsat,
    retainFeeMsat: retainFee(policy.fees, order.amountMsat, windows.cltvExpiry),
    successFeeMsat: success,
    smallestPriceMsat: policy.smallestPriceMsat,
    fiat: { ...order.fiat, method: order.method.name },
    windows,
    // Until rulings exist: whoever sent fiat isn't made to lose by the other's silence.
    defaults: { bothSilent: 'payee', undecided: 'payee' },
    agentTermsHash: agentTermsHashOf(policy),
    nonces: { maker: order.nonce, taker: f.body.nonce, agent: known(d.nonce, 'nonce') },
  };
}

const keepDraft: Keep<'solicit'> = (d, f, c) => {
  const terms = draft(d, f, c);
  const hash = termsHashOf(terms);
  return {
    startedMs: f.at.timeMs,
    shape: terms.shape,
    terms,
    termsHash: hash,
    signatures: { agent: c.keys.sign(hash) },
    peers: {
      ...d.peers,
      maker: { key: terms.maker.key, contact: f.body.signedOrder.order.makerContact },
      taker: { key: terms.taker.key, contact: f.body.takerContact },
    },
  };
};
const keepTaker: Keep<'solicit'> = (d, f) => ({
  why: 'The order was refused.',
  peers: { ...d.peers, taker: { ...known(d.peers.taker, 'taker'), contact: f.body.takerContact } },
});
const rejectOrder: Ask<'solicit'> = (d, f, c) =>
  tell('taker', {
    type: 'tradeResponse',
    answer: 'rejected',
    reasons: reasonsAgainstOrder(d, f, c.keys.publicKey),
    makerSignature: null,
    payout: null,
  });
const free: Guard<'solicit'> = (d, f) =>
  retainFee(
    known(d.agentPolicy, 'policy').fees,
    f.body.signedOrder.order.amountMsat,
    windowsFor(
      f.body.shape,
      f.body.signedOrder.order.windows,
      f.body.signedOrder.order.method.settlementMinutes,
    ).cltvExpiry,
  ) === 0n;

const makeFeeInvoice: Ask<'solicit'> = (d, _, c) => {
  const { terms, hash } = agreedTerms(d);
  return {
    kind: 'makeInvoice',
    purpose: 'retainFee',
    attempt: 1,
    hash: c.keys.paymentHash(hash, 'retainFee', 1),
    amountMsat: terms.retainFeeMsat,
    finalCltv: blocks(80),
    expirySeconds: INVOICE_START_SECONDS,
    description: `tercet ${hash} retain fee`,
  };
};
const offerTerms: Ask<'solicit' | 'invoiceMade'> = (d, f) => {
  const { terms } = agreedTerms(d);
  return tell('taker', {
    type: 'signedTerms',
    terms,
    signature: known(d.signatures.agent, 'agent signature'),
    feeInvoice: f.kind === 'invoiceMade' ? { hash: f.hash, request: f.request } : null,
  });
};

const keepRetain: Keep<'retain'> = (d, f) => ({
  signatures: { agent: f.body.agentSignature, taker: f.body.takerSignature, maker: f.body.makerSignature },
  sealedPayout: f.body.payout,
  escrowHash: undefined,
  ...(d.leaseEnd === undefined ? {} : { leaseEnd: d.leaseEnd }),
});
/** Opens the payee's payout invoice: only this agent can, and nobody in between could swap it (A6). */
const openPayout: Keep<'retain'> = (d, f, c) => {
  if (!f.body.payout) return {};
  const { terms } = agreedTerms(d);
  const writer = roleOf(d, 'payee') === 'maker' ? terms.maker.key : terms.taker.key;
  const request = c.keys.openSeal(f.body.payout.sealed.text, writer);
  return { payoutRequest: { hash: f.body.payout.hash, request: request as never } };
};
const refuseRetain: Ask<'retain'> = (d) =>
  tell(roleOf(d, 'payer'), {
    type: 'cancelled',
    hash: null,
    why: 'A signature or the payout invoice does not fit the terms.',
  });

const startLease: Keep<'hosted'> = (d, f) => ({
  leaseEnd: above(f.at.height, agreedTerms(d).terms.windows.leaseBlocks),
  holdInvoice: f.holdInvoice ?? undefined,
});
/** The last signature, to both: from here the terms are valid. The payer alone gets the hold invoice (S32). */
const sendRetained: Ask<'hosted'> = (d, f, c) => {
  const { hash } = agreedTerms(d);
  const leaseEnd = known(d.leaseEnd, 'lease end');
  const payer = roleOf(d, 'payer');
  return (['maker', 'taker'] as const).map((role) =>
    tell(role, {
      type: 'retained',
      signature: c.keys.sign(retainedHash(hash, leaseEnd)),
      makerSignature: known(d.signatures.maker, 'maker signature'),
      leaseEnd,
      hash: known(d.escrowHash, 'escrow hash'),
      holdInvoice: role === payer ? f.holdInvoice : null,
    }),
  );
};

const lapse = due(
  'giveUp',
  to('lapsed'),
  keep(keepWhy('Nobody retained the agent in time.')),
  raise({ kind: 'void' }),
  'A7',
);
const retain = (target: string) =>
  on('retain', when(allSigned), to(target), keep(keepRetain, openPayout), 'A6 A7');
const retainAndHost = on(
  'retain',
  when(allSigned),
  to('hosting'),
  keep(keepRetain, openPayout),
  raise({ kind: 'host' }),
  'A6 A7',
);
const badRetain = on(
  'retain',
  to('refused'),
  keep(keepWhy('The payer handed over signatures that do not fit.')),
  ask(refuseRetain),
  raise({ kind: 'void' }),
  'A6',
);

export const dealAgent = machine('deal.agent', 'new', {
  new: state({ endedBy: 'start' }, [
    on('solicit', when(offered, free), to('feePaid'), keep(keepDraft), ask(offerTerms), 'A1 A4'),
    on('solicit', when(offered), to('pricing'), keep(keepDraft), ask(makeFeeInvoice), 'A1 A4'),
    on('solicit', to('refused'), keep(keepTaker), ask(rejectOrder), 'A15'),
  ]),
  pricing: state({ endedBy: 'node' }, [
    on('invoiceMade', when(latest('retainFee')), to('offered'), ask(offerTerms), 'A4'),
  ]),
  offered: state({ until: { giveUp } }, [
    on('invoicePaid', when(latest('retainFee')), to('feePaid'), 'A7'),
    retain('awaitingFee'),
    badRetain,
    on(
      'invoiceCancelled',
      when(latest('retainFee')),
      to('lapsed'),
      keep(keepWhy('The retain fee was not paid in time.')),
      'A7',
    ),
    lapse,
  ]),
  awaitingFee: state({ until: { giveUp } }, [
    on('invoicePaid', when(latest('retainFee')), to('hosting'), raise({ kind: 'host' }), 'A7'),
    lapse,
  ]),
  feePaid: state({ until: { giveUp } }, [retainAndHost, badRetain, lapse]),
  hosting: state({ endedBy: 'escrow' }, [
    on('hosted', to('agreed'), keep(startLease), ask(sendRetained), raise({ kind: 'agreed' }), 'A7'),
  ]),
  agreed: state({ endedBy: 'escrow' }, [
    on('secured', to('locked'), 'A10'),
    on(
      'unsecured',
      to('lapsed'),
      keep((_, f) => ({ why: f.why })),
      'A7',
    ),
  ]),
  locked: state({ at: 'end' }),
  refused: state({ at: 'end' }),
  lapsed: state({ at: 'end' }),
});
