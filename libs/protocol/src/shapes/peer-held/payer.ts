/**
 * PEER_HELD, the payer: pays the payee's hold invoice on the agent's hash. Its own payment tells what happened; the
 * preimage in its hands is proof that it paid, and, without a release of its own, evidence (S60).
 */
import { lateReturn, nearEnd } from '../../machine/alarms.js';
import {
  beingRepaid,
  keepCancelled,
  keepReason,
  keepReasonOfEnd,
  keepRuling,
  keepWhy,
  latest,
  leaveBecause,
  roleOf,
  tell,
} from '../../machine/rows.js';
import { agreedTerms } from '../../machine/state.js';
import type { Ask, DeadlineAt, Guard, Keep, Raise } from '../../machine/table.js';
import { ask, due, keep, machine, on, raise, state, to, when } from '../../machine/table.js';
import { defaultIsPayee, forPayer, heightsIn, holdOver, leaseOver, lockedFits } from '../checks.js';
import { payEscrow } from '../pay-escrow.js';
import { defaultFrom, defaultLater, defaultRules, ruledToPayer } from './rulings.js';

const keepInvoice: Keep<'invoice'> = (_, f) => ({ holdInvoice: f.body.request });
const readExpiry: Ask<'accepted'> = (_, f) => ({ kind: 'readPaymentExpiry', hash: f.body.hash });
const keepAccepted: Keep<'accepted'> = (_, f) => ({
  accepted: { E: f.body.E, h: f.body.h, receivedMsat: f.body.receivedMsat },
});
const ours: Guard<'accepted'> = (d, f) => f.body.hash === d.escrowHash;
/** Both E are equal: the payee's node and ours speak of the same last hop. */
const sameExpiry: Guard<'paymentExpiry'> = (d, f) => f.E === d.accepted?.E;
const keepExpiry: Keep<'paymentExpiry'> = (_, f) => ({ payerExpiry: f.E, lockedUntil: f.firstHopExpiry });
const reportExpiry: Ask<'paymentExpiry'> = (_, f) =>
  tell('agent', { type: 'payerExpiry', hash: f.hash, E: f.E });
const askCancel: Ask = () => tell('agent', { type: 'cancelRequest', confirmed: true });
const keepLocked: Keep<'locked'> = (_, f) => ({ locked: heightsIn(f.body) });
const sameReport: Guard<'locked'> = (d, f) => f.body.E === d.payerExpiry;
const unsecured: Raise = (d) => ({
  kind: 'unsecured',
  why: d.why ?? 'The hold was not paid or did not count.',
});
/** To the agent, who acts on it, and to the payee: its proof when nothing follows (protocol.md section 2). */
const sendRelease: Ask = (d) => [
  tell('agent', { type: 'release' }),
  tell(roleOf(d, 'payee'), { type: 'release' }),
];
const taken: Raise = () => ({
  kind: 'endangered',
  why: 'Your payment was settled without your release. You hold the preimage: keep "tercet evidence ID".',
});
const oweThePrice: Raise = (d) => ({
  kind: 'owe',
  to: roleOf(d, 'payee'),
  amountMsat: agreedTerms(d).terms.priceMsat,
  why: 'Released, but the hold was gone before it could be settled.',
});
const signed: Guard = (d) => d.releaseSigned === true;
const saidSent: Guard = (d) => d.fiatSent === true;
const keepDefault: Keep<'ruling'> = (_, f) => ({ defaultRuled: true, why: f.body.why });
const defaultRuled: Guard = (d) => d.defaultRuled === true;
const keepRefund: Keep = () => ({ decided: 'payer' });
/**
 * The performer gave up: of its cancel and our release the agent lets the one that it recorded first decide over the hold, and
 * what no hold brought is owed no more, whichever that was (A11 S20). It says so itself; no agent's word takes a release back.
 */
const gaveUp: Guard = (d) => d.cancelAsked === true;
const notCancelled: Guard = (d) => d.cancelAsked !== true;
/** Nobody has ruled by A, and nothing is being paid back: where the payee says that it sent, what both signed for that is its own (S45). */
const theirsAtEnd: DeadlineAt = (d) => (defaultIsPayee(d) && !beingRepaid(d) ? holdOver(d) : undefined);
const notRepaid: Guard = (d) => !beingRepaid(d);
const escrow = latest('escrow');
const failedBack = (target: 'refunded' | 'lapsed') =>
  on('paymentFailed', when(escrow), to(target), raise({ kind: 'refunded' }), 'S8 S9');

export const peerHeldPayer = machine('PEER_HELD.payer', 'idle', {
  idle: state({ endedBy: 'deal' }, [
    on('prepare', raise({ kind: 'prepared' }), 'A7'),
    on('agreed', to('awaitingInvoice'), 'A7'),
  ]),
  awaitingInvoice: state({ until: { lease: leaseOver } }, [
    on('invoice', to('paying'), keep(keepInvoice), ask(payEscrow), 'A7 S1 S4'),
    on('cancelled', to('unpaid'), keep(keepCancelled), raise(unsecured), 'A7'),
    on('ruling', to('unpaid'), keep(keepRuling), raise(unsecured), 'A7'),
    on(
      'cmdCancel',
      to('unpaid'),
      keep(keepWhy('Cancelled before anything was paid.')),
      ask(askCancel),
      raise(unsecured),
      'A11',
    ),
    due(
      'lease',
      to('unpaid'),
      keep(keepWhy('The payee gave no invoice within the lease.')),
      raise(unsecured),
      'A7',
    ),
  ]),
  // The payee's own clock (lease end + 2) returns a hold that nobody locks; the payment then fails (S58).
  paying: state({ until: lateReturn.until, endedBy: 'node' }, [
    on('accepted', when(ours), keep(keepAccepted), ask(readExpiry), 'S13'),
    on('paymentExpiry', when(sameExpiry), keep(keepExpiry), ask(reportExpiry), 'S13 S49'),
    on(
      'paymentExpiry',
      to('leaving'),
      keep(leaveBecause('The payee reported another expiry than our payment has.')),
      ask(askCancel),
      'S49',
    ),
    on(
      'locked',
      when(sameReport, lockedFits),
      to('held'),
      keep(keepLocked),
      raise({ kind: 'secured' }),
      'A8 A10 S13 S49',
    ),
    on(
      'locked',
      to('leaving'),
      keep(leaveBecause('The window of the hold is too short or not as agreed.')),
      ask(askCancel),
      'S49',
    ),
    on('cmdCancel', ask(askCancel), 'A11'),
    on('cancelled', keep(keepCancelled), 'A7'),
    on('ruling', keep(keepRuling), 'A7'),
    on('paymentFailed', when(escrow), to('unpaid'), keep(keepReason), raise(unsecured), 'S3'),
    on('payRefused', when(escrow), to('unpaid'), keep(keepReason), ask(askCancel), raise(unsecured), 'S4'),
    on('paymentPaid', when(escrow), to('taken'), raise(taken), 'S48 S60'),
    lateReturn.row,
  ]),
  leaving: state({ until: lateReturn.until, endedBy: 'node' }, [
    on('paymentFailed', when(escrow), to('unpaid'), raise(unsecured), 'S49'),
    on('paymentPaid', when(escrow), to('taken'), raise(taken), 'S48'),
    on('ruling', keep(keepRuling), 'S49'),
    on('cancelled', 'S49'),
    lateReturn.row,
  ]),
  held: state({ until: { ...nearEnd.until, ...ruledToPayer.until }, endedBy: 'node' }, [
    on('releaseEscrow', to('releasing'), ask(sendRelease), 'A9'),
    on('ruling', when(defaultRules), to('releasing'), keep(keepRuling), 'S45'),
    ruledToPayer.row,
    on('ruling', when(forPayer), to('refundSaid'), keep(keepRuling, keepRefund), 'S9'),
    failedBack('lapsed'),
    on('paymentPaid', when(escrow), to('taken'), raise(taken), 'S48 S60'),
    on('cancelled', keep(keepCancelled), 'S9'),
    nearEnd.row,
  ]),
  refundSaid: state({ until: nearEnd.until, endedBy: 'node' }, [
    on('cancelled', keep(keepCancelled), 'S9'),
    // The fiat came all the same: our own signature says so, whatever the agent ruled.
    on('releaseEscrow', when(saidSent, notCancelled), to('releasing'), ask(sendRelease), 'A9 S56'),
    // Released by us, and the payee says that it has sent: no refund by a deadline takes that back.
    on('paymentFailed', when(escrow, signed, saidSent, notCancelled), to('owing'), raise(oweThePrice), 'S56'),
    failedBack('refunded'),
    // Release was pressed, and nothing has come back: what is settled is released.
    on(
      'paymentPaid',
      when(escrow, signed),
      to('released'),
      ask(sendRelease),
      raise({ kind: 'released' }),
      'A9 S48',
    ),
    on('paymentPaid', when(escrow), to('taken'), raise(taken), 'S48 S60'),
    nearEnd.row,
  ]),
  releasing: state({ until: nearEnd.until, endedBy: 'node' }, [
    on('paymentPaid', when(escrow), to('released'), raise({ kind: 'released' }), 'A9 S8'),
    on('paymentFailed', when(escrow, gaveUp), to('refunded'), raise({ kind: 'refunded' }), 'A11 S20'),
    on('paymentFailed', when(escrow), to('owing'), raise(oweThePrice), 'S56'),
    // By the default, and now by our own word too.
    on('releaseEscrow', ask(sendRelease), 'A9'),
    on('ruling', keep(keepRuling), 'S20'),
    on('cancelled', 'S56'),
    on('notice', 'A9'),
    nearEnd.row,
  ]),
  owing: state({ endedBy: 'debt' }, [
    on('debtPaid', to('released'), raise({ kind: 'released' }), 'S56'),
    on('debtVoided', to('refunded'), raise({ kind: 'refunded' }), 'A11 S20'),
    on('ruling', keep(keepRuling), 'S20'),
  ]),
  taken: state({ until: { theirsAtEnd, ...ruledToPayer.until }, endedBy: 'proof' }, [
    // Released afterwards: all is well, and nothing is owed back (the engine refuses it once an invoice of ours is out).
    on(
      'releaseEscrow',
      to('released'),
      ask(sendRelease),
      raise({ kind: 'released' }, { kind: 'void' }),
      'A9 S48',
    ),
    // Our node may hear of the settle before the agent's word reaches us.
    on('locked', when(lockedFits), keep(keepLocked), 'S48'),
    on(
      'ruling',
      when(defaultRules, notRepaid),
      to('released'),
      keep(keepRuling),
      raise({ kind: 'released' }, { kind: 'void' }),
      'S45',
    ),
    on('ruling', when(defaultRules), 'S20 S48'),
    ruledToPayer.row,
    due(
      'theirsAtEnd',
      to('released'),
      keep(
        keepWhy(
          'Undecided until the hold was over: the terms give the sats to the other side, which said that it sent.',
        ),
      ),
      raise({ kind: 'released' }, { kind: 'void' }),
      'S45',
    ),
    on('claimPaid', to('refunded'), raise({ kind: 'refunded' }), 'S56'),
    on('ruling', when(forPayer), keep(keepRuling), 'S48'),
    on('notice', 'S48'),
  ]),
  // The hold is gone and nobody has ruled: performed and undecided, the default makes an obligation of it.
  lapsed: state({ at: 'rest' }, [
    on('ruling', when(defaultRules), to('owing'), keep(keepRuling), raise(oweThePrice), 'S56'),
    // Nothing waits here any more: for its height, or where "sent" comes last, the trade is opened again.
    on('ruling', when(defaultLater, saidSent, notCancelled), to('defaulting'), keep(keepRuling), 'S45 S56'),
    on('ruling', when(defaultLater), keep(keepDefault), 'S45'),
    on('sentAfterAll', when(defaultRuled, notCancelled), to('defaulting'), 'S45 S56'),
    on('ruling', when(forPayer), to('refunded'), keep(keepRuling), 'S9'),
    on('cancelled', keep(keepCancelled), 'S9'),
  ]),
  defaulting: state({ until: { defaultFrom } }, [
    due('defaultFrom', to('owing'), raise(oweThePrice), 'S45 S56'),
    on('givenUp', to('refunded'), 'A11 S20'),
    on('ruling', 'S20'),
    on('cancelled', keep(keepCancelled), 'S9'),
  ]),
  released: state({ at: 'end' }, [on('notice', 'A9'), on('ruling', 'S20')]),
  refunded: state({ at: 'end' }, [
    on('ruling', keep(keepReasonOfEnd), 'S9'),
    on('cancelled', keep(keepReasonOfEnd), 'S9'),
  ]),
  unpaid: state({ at: 'end' }, [
    on('cancelled', keep(keepCancelled), 'A7'),
    on('ruling', keep(keepRuling), 'A7'),
  ]),
});
