/**
 * The taker's side of the deal: agent first, then maker (n3xB steps 4-12, 18 doesn't exist).
 * Keeps A4 (agent of both lists), A6 (payout invoice for the agent's eyes), A7 (no hold before all have signed).
 */
import { height as heightOf } from '../units.js';
import { noWord } from '../machine/alarms.js';
import { agreedTerms, known } from '../machine/state.js';
import { keepReason, keepWhy, latest, roleOf, sitsAs, tell } from '../machine/rows.js';
import type { Ask, DeadlineAt, Guard, Keep } from '../machine/table.js';
import { after, ask, due, keep, machine, on, raise, state, to, when } from '../machine/table.js';
import { termsHashOf } from '../terms/terms.js';
import { makerSigned, retainedFits, termsFit } from './checks.js';
import { holdOf, payRetainFee, retainedTooLate, sendRetain } from './effects.js';

const giveUp: DeadlineAt = (d) => after(d.startedMs, d.limits.negotiationMs);

const start: Keep<'cmdTake'> = (_, f) => ({ startedMs: f.at.timeMs });

const sendSolicit: Ask<'cmdTake'> = (d) =>
  tell('agent', {
    type: 'solicit',
    signedOrder: d.signedOrder,
    shape: d.shape,
    takerNode: known(d.ownNode, 'own node'),
    takerContact: known(d.ownContact, 'own contact'),
    nonce: known(d.nonce, 'nonce'),
  });

const keepTerms: Keep<'signedTerms'> = (d, f) => ({
  terms: f.body.terms,
  termsHash: termsHashOf(f.body.terms),
  signatures: { agent: f.body.signature },
  peers: { ...d.peers, agent: { ...d.peers.agent, key: f.body.terms.agent.key } },
});
const noFee: Guard<'signedTerms'> = (_, f) => f.body.terms.retainFeeMsat === 0n;

const signTerms: Keep<'prepared'> = (d, _, c) => ({
  signatures: { ...d.signatures, taker: c.keys.sign(agreedTerms(d).hash) },
});
const sendTakeOrder: Ask<'prepared'> = (d) =>
  tell('maker', {
    type: 'takeOrder',
    terms: agreedTerms(d).terms,
    agentSignature: known(d.signatures.agent, 'agent signature'),
    takerSignature: known(d.signatures.taker, 'taker signature'),
    takerContact: known(d.ownContact, 'own contact'),
    payout: d.seat === 'payee' ? (d.sealedPayout ?? null) : null,
  });

const keepMaker: Keep<'tradeResponse'> = (d, f) => ({
  signatures: { ...d.signatures, maker: f.body.makerSignature ?? undefined },
  sealedPayout: roleOf(d, 'payee') === 'maker' ? f.body.payout : d.sealedPayout,
});
const keepRefusal: Keep<'tradeResponse'> = (_, f) => ({
  why:
    f.body.answer === 'notAvailable'
      ? 'The order is no longer available.'
      : `The other side refused: ${f.body.reasons.join('; ') || 'no reason given'}.`,
});
const isRefusal: Guard<'tradeResponse'> = (_, f) => f.body.answer !== 'accepted';
const undelivered: Keep<'undelivered'> = (_, f) => ({ why: `The ${f.to} refused ${f.type}: ${f.text}` });

const keepRetained: Keep<'retained'> = (d, f) => ({
  leaseEnd: heightOf(f.body.leaseEnd),
  escrowHash: f.body.hash,
  holdInvoice: holdOf(f),
  signatures: { ...d.signatures, maker: f.body.makerSignature },
});

/** The maker's answer came after the agent's `retained`, which carries the same signature. */
const answered = on('tradeResponse', 'A15');
const stopped = [
  on('undelivered', to('refused'), keep(undelivered), raise({ kind: 'void' }), 'A15'),
  on(
    'cancelled',
    to('refused'),
    keep((_, f) => ({ why: f.body.why })),
    raise({ kind: 'void' }),
    'A15',
  ),
];

export const dealTaker = machine('deal.taker', 'new', {
  new: state({ endedBy: 'start' }, [on('cmdTake', to('soliciting'), keep(start), ask(sendSolicit), 'A4')]),
  soliciting: state({ until: { giveUp } }, [
    on(
      'signedTerms',
      when(termsFit, noFee),
      to('preparing'),
      keep(keepTerms),
      raise({ kind: 'prepare' }),
      'A4',
    ),
    on('signedTerms', when(termsFit), to('payingFee'), keep(keepTerms), ask(payRetainFee), 'A7'),
    on(
      'signedTerms',
      to('refused'),
      keep(
        keepWhy("The agent's terms differ from the order or from its own announcement. Nothing was paid."),
      ),
      'A5',
    ),
    on('tradeResponse', when(isRefusal), to('refused'), keep(keepRefusal), 'A15'),
    on('cmdCancel', to('abandoned'), keep(keepWhy('Cancelled before anything was signed.')), 'A11'),
    due(
      'giveUp',
      to('abandoned'),
      keep(keepWhy('The agent did not answer in time. Nothing was paid.')),
      'A4',
    ),
    ...stopped,
  ]),
  // A payment to the agent's own invoice: what becomes of it is the node's word (S3), so no clock ends this state.
  payingFee: state({ until: noWord.until, endedBy: 'node' }, [
    on('paymentPaid', when(latest('retainFee')), to('preparing'), raise({ kind: 'prepare' }), 'A7'),
    on('paymentFailed', when(latest('retainFee')), to('refused'), keep(keepReason), 'S3'),
    on('payRefused', when(latest('retainFee')), to('refused'), keep(keepReason), 'S4'),
    noWord.row,
  ]),
  preparing: state({ endedBy: 'claim' }, [
    on('prepared', to('offered'), keep(signTerms), ask(sendTakeOrder), 'A6'),
  ]),
  offered: state({ until: { giveUp: signedUntil() } }, [
    on(
      'tradeResponse',
      when(sitsAs('payer'), makerSigned),
      to('retaining'),
      keep(keepMaker),
      ask(sendRetain),
      'A7',
    ),
    on('tradeResponse', when(makerSigned), to('accepted'), keep(keepMaker), 'A15'),
    on('tradeResponse', to('refused'), keep(keepRefusal), raise({ kind: 'void' }), 'A15'),
    on(
      'retained',
      when(sitsAs('payee'), retainedFits),
      to('agreed'),
      keep(keepRetained),
      raise({ kind: 'agreed' }),
      'A7',
    ),
    due(
      'giveUp',
      to('abandoned'),
      keep(keepWhy('The maker did not answer in time. Only the retain fee was paid.')),
      raise({ kind: 'void' }),
      'A7',
    ),
    ...stopped,
  ]),
  accepted: state({ until: { giveUp: signedUntil() } }, [
    on('retained', when(retainedFits), to('agreed'), keep(keepRetained), raise({ kind: 'agreed' }), 'A7'),
    due(
      'giveUp',
      to('abandoned'),
      keep(keepWhy('The maker never retained the agent. Only the retain fee was paid.')),
      raise({ kind: 'void' }),
      'A7',
    ),
    ...stopped,
  ]),
  retaining: state({ until: { giveUp: signedUntil() } }, [
    on('retained', when(retainedFits), to('agreed'), keep(keepRetained), raise({ kind: 'agreed' }), 'A7'),
    due(
      'giveUp',
      to('abandoned'),
      keep(keepWhy('The agent never confirmed that it is retained. Only the retain fee was paid.')),
      'A7',
    ),
    ...stopped,
  ]),
  agreed: state({ endedBy: 'escrow' }, [
    answered,
    on('secured', to('locked'), 'A10'),
    // The payment was settled before anybody locked it: from here the escrow speaks.
    on('endangered', to('locked'), 'S48'),
    on(
      'unsecured',
      to('lapsed'),
      keep((_, f) => ({ why: f.why })),
      raise({ kind: 'void' }),
      'A7',
    ),
  ]),
  locked: state({ at: 'end' }, [answered]),
  refused: state({ at: 'end' }, [retainedTooLate]),
  abandoned: state({ at: 'end' }, [retainedTooLate]),
  lapsed: state({ at: 'end' }),
});

/** After the taker signed, twice the time: maker and agent each have one turn. */
function signedUntil(): DeadlineAt {
  return (d) => after(d.startedMs, 2 * d.limits.negotiationMs);
}
