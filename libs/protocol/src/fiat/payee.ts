/** The bitcoin buyer in a fiat trade: it performs (A8-A11). It never asks which shape holds the sats. */
import { graceOver } from '../machine/grace.js';
import { keepWhy, roleOf, sayGivenUp, tell } from '../machine/rows.js';
import { agreedTerms, known } from '../machine/state.js';
import type { Ask, DeadlineAt, Guard, Keep } from '../machine/table.js';
import { ask, due, keep, machine, on, raise, refuse, state, to, when } from '../machine/table.js';
import { PERFORM_SPARE } from '../terms/windows.js';

const performBy: DeadlineAt = (d) => (d.locked ? { height: d.locked.performBy } : undefined);

const readDetails: Keep<'fiatDetails'> = (d, f, c) => ({
  fiatDetails: c.keys.openSeal(f.body.sealed.text, known(d.peers[roleOf(d, 'payer')], 'payer').key),
});
const askToPerform: Ask = () => tell('agent', { type: 'performing' });
/** performing-until = perform-by: an acknowledgement beyond the signed window would lead into paying too late. */
const untilPerformBy: Guard<'performingAck'> = (d, f) =>
  f.body.performingUntil === known(d.locked, 'locked').performBy;
const keepAck: Keep<'performingAck'> = (_, f) => ({ performingUntil: f.body.performingUntil });

/** Checked again when the person confirms: tip + settlement time + 6 <= performing-until. */
const inTime: Guard<'cmdSent'> = (d, f) =>
  f.at.height + agreedTerms(d).terms.windows.settlementBlocks + PERFORM_SPARE <=
  known(d.performingUntil, 'performing until');
const keepSent: Keep = () => ({ fiatSent: true });
const tellSent: Ask = (d) => [
  tell('agent', { type: 'fiatSent' }),
  tell(roleOf(d, 'payer'), { type: 'fiatSent' }),
];
/** The hold is on its way back already: nothing is to be paid for it any more. */
const notRefunded: Guard<'performingAck'> = (d) => d.decided !== 'payer';
const askCancel: Ask = () => tell('agent', { type: 'cancelRequest', confirmed: true });
const keepAsked: Keep = () => ({ cancelAsked: true });
const cancels = [
  to('cancelling'),
  keep(keepAsked),
  ask(askCancel, sayGivenUp),
  raise({ kind: 'givenUp' as const }),
  'A11',
];
const confirmed: Guard<'cmdCancel'> = (_, f) => f.confirmed;

const keepRelease: Keep = () => ({ releaseSigned: true });

const ends = [
  on('released', to('done'), 'A9'),
  on('refunded', to('refunded'), 'S9'),
  // The payer's own signature: the proof, where the agent then withholds preimage or payout.
  on('release', keep(keepRelease), raise({ kind: 'releaseEscrow' }), 'S33 S48'),
];

export const fiatPayee = machine('fiat.payee', 'idle', {
  idle: state({ endedBy: 'escrow' }, [on('secured', to('awaitingDetails'), 'A8 S13')]),
  awaitingDetails: state({ until: { performBy } }, [
    on('fiatDetails', to('asking'), keep(readDetails), ask(askToPerform), 'A8'),
    on('cmdCancel', ...cancels),
    due('performBy', to('tooLate'), keep(keepWhy('The fiat details never came. The sats go back.')), 'S59'),
    ...ends,
  ]),
  asking: state({ until: { performBy } }, [
    on('performingAck', when(untilPerformBy, notRefunded), to('performing'), keep(keepAck), 'A8 S47'),
    on('cmdCancel', ...cancels),
    on(
      'cmdSent',
      refuse(
        'NOT_ACKNOWLEDGED',
        'The agent has not acknowledged yet: the other side could still take its sats back. Do not pay.',
        'Wait until "tercet trade ID" shows the payment details.',
      ),
      'A8',
    ),
    on(
      'notice',
      to('tooLate'),
      keep((_, f) => ({ why: f.body.text })),
      'S59',
    ),
    due(
      'performBy',
      to('tooLate'),
      keep(keepWhy('The agent did not acknowledge in time. Do not pay; the sats go back.')),
      'S59',
    ),
    ...ends,
  ]),
  performing: state({ until: { graceEnd: graceOver } }, [
    on('cmdSent', when(inTime), to('sent'), keep(keepSent), ask(tellSent), 'A8'),
    on(
      'cmdSent',
      refuse(
        'TOO_LATE_TO_PAY',
        'There is too little time left for the payment to arrive inside the window. If you have not paid, do not pay.',
        'Cancel with: tercet cancel ID. If you did pay, tell the other side at once.',
      ),
      'S59',
    ),
    on('cmdCancel', ...cancels),
    due(
      'graceEnd',
      to('tooLate'),
      keep(keepWhy('No payment was reported in time. The sats go back.')),
      'S59',
    ),
    ...ends,
  ]),
  sent: state({ endedBy: 'escrow' }, [
    on('cmdCancel', when(confirmed), ...cancels),
    on(
      'cmdCancel',
      refuse(
        'CONFIRM_LOSS',
        'You said that you sent the fiat. Cancelling now gives the sats back to the other side, whatever you paid.',
        'If that is what you want: tercet cancel ID --confirm-loss',
      ),
      'A11',
    ),
    ...ends,
  ]),
  cancelling: state({ endedBy: 'escrow' }, ends),
  tooLate: state({ endedBy: 'escrow' }, [on('cmdCancel', ...cancels), ...ends]),
  done: state({ at: 'end' }),
  refunded: state({ at: 'end' }),
});
