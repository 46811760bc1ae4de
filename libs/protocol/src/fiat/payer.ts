/** The bitcoin seller in a fiat trade (A8-A11). It never asks which shape holds its sats. */
import { beingRepaid, roleOf, tell } from '../machine/rows.js';
import { known } from '../machine/state.js';
import type { Ask, DeadlineAt, Guard, Keep } from '../machine/table.js';
import { ask, due, keep, machine, on, raise, refuse, state, to, when } from '../machine/table.js';

const answerBy: DeadlineAt = (d) => (d.locked ? { height: d.locked.answerBy } : undefined);

/** Account details, for the payee's eyes only, and not before `locked` (S13, S32). */
const tellFiatDetails: Ask = (d, _, c) => {
  const payee = roleOf(d, 'payee');
  return tell(payee, {
    type: 'fiatDetails',
    sealed: {
      to: payee,
      text: c.keys.seal(known(d.paymentDetails, 'payment details'), known(d.peers[payee], 'payee').key),
    },
  });
};
const askCancel: Ask = () => tell('agent', { type: 'cancelRequest', confirmed: true });
const keepAck: Keep<'performingAck'> = (_, f) => ({ performingUntil: f.body.performingUntil });
const keepSent: Keep = () => ({ fiatSent: true });
const signRelease: Keep = () => ({ releaseSigned: true });
const keepGivenUp: Keep = () => ({ cancelAsked: true });

const outcomes = [on('released', to('done'), 'A9'), on('refunded', to('refunded'), 'S9')];
const endangered = on(
  'endangered',
  to('endangered'),
  keep((_, f) => ({ why: f.why })),
  'S48',
);
/** The performer's own word that it cancels. */
const givenUp = on('cancelRequest', keep(keepGivenUp), raise({ kind: 'givenUp' }), 'A11 S20');
const ends = [...outcomes, givenUp, endangered];
/** A refund was ruled first, and the performer cancelled or never said that it sent: a release would give the price for nothing. */
const refundRuled: Guard<'cmdRelease'> = (d) =>
  d.decided === 'payer' && (d.fiatSent !== true || d.cancelAsked === true);
const release = [
  on(
    'cmdRelease',
    when(refundRuled),
    refuse(
      'REFUND_RULED',
      'The agent has ruled that your sats come back: the other side cancelled, or has not said that it sent the fiat. Nothing was released.',
      'If the fiat is there, have the other side say so with "tercet sent ID", and release then; or send it back.',
    ),
    'S20',
  ),
  on('cmdRelease', to('releasing'), keep(signRelease), raise({ kind: 'releaseEscrow' }), 'A9'),
];
const sent = on('fiatSent', to('answering'), keep(keepSent), 'A8');

export const fiatPayer = machine('fiat.payer', 'idle', {
  idle: state({ endedBy: 'escrow' }, [
    on('secured', to('locked'), ask(tellFiatDetails), 'A8 S13 S32'),
    endangered,
  ]),
  // "Fiat sent" waits for the acknowledgement: without one either side may cancel, and no word of the payee's ends that.
  locked: state({ endedBy: 'escrow' }, [
    on('performingAck', to('performing'), keep(keepAck), 'A8 S47'),
    on('cmdCancel', to('cancelling'), ask(askCancel), 'A11'),
    ...release,
    ...ends,
  ]),
  performing: state({ endedBy: 'escrow' }, [
    sent,
    ...release,
    on(
      'cmdCancel',
      refuse(
        'WAIT_FOR_PERFORMER',
        'The other side is paying fiat now, so only it can end the trade early.',
        'Wait for its message; without one the sats come back by themselves at the height that "tercet trade ID" shows.',
      ),
      'S47',
    ),
    ...ends,
  ]),
  answering: state({ until: { answerBy } }, [
    ...release,
    due('answerBy', to('unanswered'), 'S27'),
    on(
      'cmdCancel',
      refuse(
        'FIAT_SENT',
        'The other side says that it sent the fiat, so this trade can not be cancelled by you.',
        'Look for the payment; release when it is there.',
      ),
      'S47',
    ),
    ...ends,
  ]),
  unanswered: state({ endedBy: 'escrow' }, [...release, ...ends]),
  cancelling: state({ endedBy: 'escrow' }, [
    // The acknowledgement was stored first: of the two the first holds (section 2).
    on('performingAck', to('performing'), keep(keepAck), 'S47'),
    ...ends,
  ]),
  releasing: state({ endedBy: 'escrow' }, [
    ...ends,
    on('fiatSent', keep(keepSent), 'A8'),
    on('performingAck', keep(keepAck), 'A8'),
  ]),
  endangered: state({ endedBy: 'escrow' }, [
    ...outcomes,
    givenUp,
    // Its invoice is with the other side: of invoice and release the one given first holds.
    on(
      'cmdRelease',
      when(beingRepaid),
      refuse(
        'BEING_REPAID',
        'The other side is giving your sats back: your daemon has sent it an invoice. Nothing was released.',
        'Wait for its payment, which "tercet trade ID" shows. If the fiat has arrived too, send that back.',
      ),
      'S20 S48',
    ),
    on('cmdRelease', keep(signRelease), raise({ kind: 'releaseEscrow' }), 'A9'),
    on('performingAck', keep(keepAck), 'S47'),
    on('fiatSent', keep(keepSent), 'A8'),
  ]),
  done: state({ at: 'end' }),
  // A hold that is lost ends no claim of who has sent, but its own word does.
  refunded: state({ at: 'end' }, [
    givenUp,
    on('fiatSent', keep(keepSent), raise({ kind: 'sentAfterAll' }), 'A8 S45'),
  ]),
});
