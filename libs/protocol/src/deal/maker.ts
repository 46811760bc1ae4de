/**
 * The maker's side of the deal. Keeps A5 (agent must be on the list), A7 (lease falls back to open), A15 (answers with
 * reasons). The order is claimed by one trade at a time, in the same transaction as the step.
 */
import { agreedTerms, known } from '../machine/state.js';
import { keepWhy, sitsAs, tell } from '../machine/rows.js';
import type { Ask, DeadlineAt, Guard, Keep } from '../machine/table.js';
import {
  after,
  ask,
  claimOrder,
  due,
  freeOrder,
  keep,
  machine,
  on,
  raise,
  state,
  to,
  when,
} from '../machine/table.js';
import { termsHashOf } from '../terms/terms.js';
import { payoutFits, reasonsAgainst, retainedFits, takerSigned } from './checks.js';
import { holdOf, retainedTooLate, sendRetain } from './effects.js';

const giveUp: DeadlineAt = (d) => after(d.startedMs, d.limits.negotiationMs);

const acceptable: Guard<'takeOrder'> = (d, f) =>
  reasonsAgainst(d, f.body.terms).length === 0 &&
  f.body.terms.taker.key === known(d.peers.taker, 'taker').key &&
  takerSigned(f) &&
  (d.seat === 'payee' || payoutFits(d, f.body.payout, f.body.terms)) &&
  d.signedOrder.order.expiresAtMs > f.at.timeMs;

const keepTake: Keep<'takeOrder'> = (d, f) => ({
  startedMs: f.at.timeMs,
  terms: f.body.terms,
  termsHash: termsHashOf(f.body.terms),
  shape: f.body.terms.shape,
  signatures: { agent: f.body.agentSignature, taker: f.body.takerSignature },
  sealedPayout: f.body.payout,
  peers: {
    ...d.peers,
    taker: { key: f.body.terms.taker.key, contact: f.body.takerContact },
    agent: {
      key: f.body.terms.agent.key,
      contact: d.signedOrder.order.agents.find((agent) => agent.key === f.body.terms.agent.key)?.contact,
    },
  },
});

const reject: Ask<'takeOrder'> = (d, f) => {
  const reasons = reasonsAgainst(d, f.body.terms);
  return tell('taker', {
    type: 'tradeResponse',
    answer: 'rejected',
    reasons: reasons.length > 0 ? reasons : ['a signature or the payout invoice does not fit the terms'],
    makerSignature: null,
    payout: null,
  });
};

const signTerms: Keep<'prepared'> = (d, _, c) => ({
  signatures: { ...d.signatures, maker: c.keys.sign(agreedTerms(d).hash) },
});
const accept: Ask<'prepared'> = (d) =>
  tell('taker', {
    type: 'tradeResponse',
    answer: 'accepted',
    reasons: [],
    makerSignature: known(d.signatures.maker, 'maker signature'),
    payout: d.seat === 'payee' ? (d.sealedPayout ?? null) : null,
  });

const keepRetained: Keep<'retained'> = (_, f) => ({
  leaseEnd: f.body.leaseEnd,
  escrowHash: f.body.hash,
  holdInvoice: holdOf(f),
});

const fallBack = [
  due(
    'giveUp',
    to('lapsed'),
    keep(keepWhy('The agent was not retained in time. Nothing was paid; the order is open again.')),
    raise({ kind: 'void' }),
    freeOrder,
    'A7',
  ),
  on(
    'cancelled',
    to('lapsed'),
    keep((_, f) => ({ why: f.body.why })),
    raise({ kind: 'void' }),
    freeOrder,
    'A7 A15',
  ),
  on(
    'undelivered',
    to('lapsed'),
    keep((_, f) => ({ why: `The ${f.to} refused ${f.type}: ${f.text}` })),
    raise({ kind: 'void' }),
    freeOrder,
    'A7 A15',
  ),
];
const retained = on(
  'retained',
  when(retainedFits),
  to('agreed'),
  keep(keepRetained),
  raise({ kind: 'agreed' }),
  'A7',
);

export const dealMaker = machine('deal.maker', 'new', {
  new: state({ endedBy: 'start' }, [
    on(
      'takeOrder',
      when(acceptable),
      to('preparing'),
      keep(keepTake),
      claimOrder,
      raise({ kind: 'prepare' }),
      'A5 A7',
    ),
    on('takeOrder', to('refused'), keep(keepWhy("The taker's terms were refused.")), ask(reject), 'A5 A15'),
  ]),
  preparing: state({ endedBy: 'claim' }, [
    on(
      'prepared',
      when(sitsAs('payer')),
      to('retaining'),
      keep(signTerms),
      ask(accept, sendRetain),
      'A7 A15',
    ),
    on('prepared', to('accepted'), keep(signTerms), ask(accept), 'A15'),
  ]),
  retaining: state({ until: { giveUp } }, [retained, ...fallBack]),
  accepted: state({ until: { giveUp } }, [retained, ...fallBack]),
  agreed: state({ endedBy: 'escrow' }, [
    on('secured', to('locked'), 'A10'),
    // The payment was settled before anybody locked it: from here the escrow speaks.
    on('endangered', to('locked'), 'S48'),
    on(
      'unsecured',
      to('lapsed'),
      keep((_, f) => ({ why: f.why })),
      raise({ kind: 'void' }),
      freeOrder,
      'A7',
    ),
  ]),
  locked: state({ at: 'end' }),
  refused: state({ at: 'end' }),
  lapsed: state({ at: 'end' }, [retainedTooLate]),
});
