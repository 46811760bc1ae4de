/**
 * The agent in a fiat trade: it keeps the windows and records what was said first. Keeps S47 (no refund inside an
 * acknowledged performing window without the performer's own cancel), S59 (a silent performer costs blocks, not sats) and
 * S11 (its own downtime is nobody's silence).
 */
import type { Fact } from '../machine/facts.js';
import { graceOver, listenFirst } from '../machine/grace.js';
import { roleOf, tell, tellBoth } from '../machine/rows.js';
import { seatOf } from '../machine/step.js';
import { agreedTerms, known } from '../machine/state.js';
import type { Ask, DeadlineAt, Guard, Keep, Raise } from '../machine/table.js';
import { ask, due, keep, machine, on, raise, state, to, when } from '../machine/table.js';
import { PERFORM_SPARE } from '../terms/windows.js';

const performBy: DeadlineAt = (d) => (d.locked ? { height: d.locked.performBy } : undefined);
const decideBy: DeadlineAt = (d) => (d.locked ? { height: d.locked.decideBy } : undefined);

const enoughTime: Guard<'performing'> = (d, f) =>
  f.at.height + agreedTerms(d).terms.windows.settlementBlocks + PERFORM_SPARE <=
  known(d.locked, 'locked').performBy;
const keepWindow: Keep = (d) => ({ performingUntil: known(d.locked, 'locked').performBy });
const acknowledge = tellBoth((d) => ({
  type: 'performingAck',
  performingUntil: known(d.performingUntil, 'performing until'),
}));
const tooLate: Ask = (d) =>
  tell(roleOf(d, 'payee'), {
    type: 'notice',
    what: 'tooLate',
    hash: null,
    text: 'There is too little time left to pay inside the window. Do not pay; the sats go back.',
  });
const waitForPerformer: Ask = (d) =>
  tell(roleOf(d, 'payer'), {
    type: 'notice',
    what: 'waitForPerformer',
    hash: null,
    text: 'The payment was acknowledged first: only the payee can end the trade early now.',
  });

const bySeat =
  (seat: 'payer' | 'payee'): Guard<'cancelRequest'> =>
  (d, f: Fact<'cancelRequest'>) =>
    seatOf(d, f.from) === seat;
const refund =
  (why: string, by: 'cancel' | 'deadline'): Raise =>
  () => ({ kind: 'refundEscrow', why, by });
const keepSent: Keep = () => ({ fiatSent: true });

const status: Ask<'escrowQuery'> = (d, f) =>
  tell(f.from, {
    type: 'escrowStatus',
    state: d.locked ? 'locked' : 'open',
    A: d.locked?.A ?? null,
    decideBy: d.locked?.decideBy ?? null,
    payoutHash: d.sealedPayout?.hash ?? null,
    tipHeight: f.at.height,
  });

const always = [
  on('released', to('released'), 'A9'),
  on('refunded', to('refunded'), 'S9'),
  on('escrowQuery', ask(status), 'A8'),
];
const release = on('release', to('releasing'), raise({ kind: 'releaseEscrow' }), 'A9');

const cancelByPayee = on(
  'cancelRequest',
  when(bySeat('payee')),
  to('refunding'),
  raise(refund('Cancelled by the payee after it reported the payment.', 'cancel')),
  'A11 S47',
);

export const fiatAgent = machine('fiat.agent', 'idle', {
  idle: state({ endedBy: 'escrow' }, [on('secured', to('locked'), 'A10')]),
  locked: state({ until: { performBy } }, [
    on('performing', when(enoughTime), to('performing'), keep(keepWindow), ask(acknowledge), 'A8 S47'),
    on('performing', ask(tooLate), 'S59'),
    on(
      'cancelRequest',
      to('refunding'),
      raise(refund('Cancelled before the payment was acknowledged.', 'cancel')),
      'A11',
    ),
    due('performBy', to('refunding'), raise(refund('Nobody asked to pay in time.', 'deadline')), 'S59'),
    release,
    ...always,
  ]),
  performing: state({ until: { graceEnd: graceOver } }, [
    on('fiatSent', to('performed'), keep(keepSent), 'A8'),
    on(
      'cancelRequest',
      when(bySeat('payee')),
      to('refunding'),
      raise(refund('Cancelled by the payee.', 'cancel')),
      'A11 S47',
    ),
    on('cancelRequest', ask(waitForPerformer), 'S47'),
    listenFirst('graceEnd'),
    due(
      'graceEnd',
      to('refunding'),
      raise(refund('The payment was acknowledged and never reported as sent.', 'deadline')),
      'S59',
    ),
    release,
    ...always,
  ]),
  performed: state({ until: { decideBy } }, [
    cancelByPayee,
    on('cancelRequest', ask(waitForPerformer), 'S47'),
    due('decideBy', to('undecided'), raise({ kind: 'undecided' }), 'S45'),
    release,
    ...always,
  ]),
  // The default is under way; a release still counts until a refund is recorded, and so does the payee's own cancel.
  undecided: state({ endedBy: 'escrow' }, [
    cancelByPayee,
    on('cancelRequest', ask(waitForPerformer), 'S47'),
    release,
    ...always,
  ]),
  releasing: state({ endedBy: 'escrow' }, [on('fiatSent', keep(keepSent), 'A8'), ...always]),
  refunding: state({ endedBy: 'escrow' }, [...always]),
  released: state({ at: 'end' }),
  refunded: state({ at: 'end' }),
});
