/**
 * AGENT_HELD, the agent: host and keyholder. From the acknowledgement on the hold ends only by settle, by the
 * performer's own cancel or by a recorded refund; whatever is open at A - 24 is settled into custody (S45).
 * Pay first, settle after, while a route fits; otherwise settle first and pay from custody (A9).
 */
import { INVOICE_START_SECONDS } from '../../deal/limits.js';
import { lateReturn, nearEnd } from '../../machine/alarms.js';
import { listenFirst, notBeforeGrace } from '../../machine/grace.js';
import { both, cancelEscrow, roleOf, tell, tellBoth } from '../../machine/rows.js';
import { agreedTerms, known } from '../../machine/state.js';
import type { TradeData } from '../../machine/state.js';
import type { Ask, DeadlineAt, Guard, Keep, Raise } from '../../machine/table.js';
import { ask, due, keep, machine, on, raise, state, to, when } from '../../machine/table.js';
import type { Body } from '../../messages/bodies.js';
import { CUSTODY_BLOCKS } from '../../terms/windows.js';
import { above } from '../../units.js';
import {
  defaultIsPayee,
  faultOf,
  forcedSettle,
  heightsOf,
  holdFits,
  holdGone,
  leaseOver,
  lockedBody,
  payoutTooLate,
} from '../checks.js';
import { holdDescription } from '../pay-escrow.js';

const drawHash: Keep<'host'> = (d, _, c) => ({
  escrowHash: c.keys.paymentHash(agreedTerms(d).hash, 'escrow', 1),
});
const createHold: Ask = (d) => {
  const { terms, hash } = agreedTerms(d);
  return {
    kind: 'createHold',
    hash: known(d.escrowHash, 'escrow hash'),
    amountMsat: terms.priceMsat,
    cltvExpiry: terms.windows.cltvExpiry,
    expirySeconds: INVOICE_START_SECONDS,
    description: holdDescription(hash),
  };
};
const hosted: Raise<'holdCreated'> = (_, f) => ({ kind: 'hosted', holdInvoice: f.request });

const keepLocked: Keep<'holdAccepted'> = (d, f) => ({
  locked: heightsOf(d, f),
  heldChannels: f.htlcs.map((htlc) => htlc.channelId),
});
const tellLocked = tellBoth((d) => lockedBody(known(d.escrowHash, 'escrow hash'), known(d.locked, 'locked')));
const keepFault: Keep<'holdAccepted'> = (d, f) => ({ why: faultOf(d, f) ?? '' });
const cancelledBody = (d: TradeData): Body => ({
  type: 'cancelled',
  hash: d.escrowHash ?? null,
  why: d.why ?? 'The hold was cancelled.',
});
const tellCancelled = tellBoth(cancelledBody);
const tellPayerCancelled: Ask = (d) => tell(roleOf(d, 'payer'), cancelledBody(d));

/** A payout starts only while its route fits before A - 24: never after A - 51 (S5). */
const payoutFits: Guard = (d, f) => f.at.height <= known(d.locked, 'locked').A - d.limits.margins.payoutStart;
const settle: Ask = (d) => ({
  kind: 'settleHold',
  hash: known(d.escrowHash, 'escrow hash'),
  preimage: 'own',
});
const keepSettling: Keep = () => ({ settling: true });
const owePayee: Raise = (d) => ({
  kind: 'owe',
  to: roleOf(d, 'payee'),
  amountMsat: agreedTerms(d).terms.payoutMsat,
  why: 'The trade was released.',
});
/** Refund from custody is the whole escrow, no success fee. */
const owePayer: Raise = (d) => ({
  kind: 'owe',
  to: roleOf(d, 'payer'),
  amountMsat: agreedTerms(d).terms.priceMsat,
  why: 'The trade was refunded from custody.',
  refund: true,
});
const keepRefundReason: Keep<'refundEscrow'> = (_, f) => ({ why: f.why });
const tellRuling: Ask<'refundEscrow'> = (_, f) =>
  both({ type: 'ruling', for: 'payer', by: f.by, why: f.why });
const tellReleased = tellBoth((d) => ({
  type: 'notice',
  what: 'released',
  hash: d.payoutRequest?.hash ?? null,
  text: 'The payout has arrived and the hold is settled.',
}));

const custodyEnd: DeadlineAt = (d) =>
  d.locked ? { height: above(d.locked.decideBy, CUSTODY_BLOCKS) } : undefined;
const keepCustody: Keep = (d) => ({
  custodyUntil: above(known(d.locked, 'locked').decideBy, CUSTODY_BLOCKS),
});
const tellCustody = tellBoth((d) => ({
  type: 'custody',
  amountMsat: agreedTerms(d).terms.priceMsat,
  untilHeight: known(d.custodyUntil, 'custody until'),
}));
const tellDefault =
  (side: 'payer' | 'payee'): Ask =>
  () =>
    both({ type: 'ruling', for: side, by: 'default', why: 'Nobody decided until custody ended.' });

const keepRanOut: Keep = () => ({ why: 'The hold invoice ran out.' });
const unsecured: Raise = (d) => ({
  kind: 'unsecured',
  why: d.why ?? 'The hold was cancelled before it counted.',
});
const whyGone: Keep = (d) => ({
  why: d.why ?? 'The node cancelled the hold by itself: it was not settled in time.',
});

/** Acknowledged, so the fiat may be paid: word of it may lie in an outbox for as long as we were away. */
const mayBePerformed: Guard = (d) => d.fiatSent === true || d.performingUntil !== undefined;
const decideBy: DeadlineAt = (d) => (d.locked ? { height: d.locked.decideBy } : undefined);
/** The node cancelled the hold by itself: it was down across A. */
const gone = [
  on(
    'holdCancelled',
    when(mayBePerformed),
    to('lostPerformed'),
    keep(whyGone),
    ask(tellPayerCancelled),
    'S45 S56',
  ),
  on('holdCancelled', to('lost'), keep(whyGone), ask(tellCancelled), raise({ kind: 'refunded' }), 'S56'),
];

export const agentHeldAgent = machine('AGENT_HELD.agent', 'idle', {
  idle: state({ endedBy: 'deal' }, [on('host', to('creating'), keep(drawHash), ask(createHold), 'A7 S34')]),
  creating: state({ endedBy: 'node' }, [on('holdCreated', to('created'), raise(hosted), 'A7')]),
  created: state({ endedBy: 'step' }, [
    on(
      'agreed',
      when(holdGone),
      to('unlocked'),
      keep(keepRanOut),
      ask(tellCancelled),
      raise(unsecured),
      'S9',
    ),
    on('agreed', to('open'), 'A7'),
  ]),
  open: state({ until: { lease: leaseOver } }, [
    on(
      'holdAccepted',
      when(holdFits),
      to('held'),
      keep(keepLocked),
      ask(tellLocked),
      raise({ kind: 'secured' }),
      'A10 S13 S49 S55',
    ),
    on('holdAccepted', to('unlocking'), keep(keepFault), ask(cancelEscrow), 'S49 S55'),
    on(
      'cancelRequest',
      to('unlocking'),
      keep(() => ({ why: 'Cancelled before the hold was paid.' })),
      ask(cancelEscrow),
      'A11',
    ),
    on('holdCancelled', to('unlocked'), keep(keepRanOut), ask(tellCancelled), raise(unsecured), 'A7'),
    due(
      'lease',
      to('unlocking'),
      keep(() => ({ why: 'The hold was not paid within the lease.' })),
      ask(cancelEscrow),
      'A7 S13',
    ),
  ]),
  // The node is asked to cancel until it says that it did; nothing here can turn into a settle.
  unlocking: state({ until: lateReturn.until, endedBy: 'node' }, [
    on('holdAccepted', ask(cancelEscrow), 'S13'),
    on('holdCancelled', to('unlocked'), ask(tellCancelled), raise(unsecured), 'S9'),
    lateReturn.row,
  ]),
  held: state({ until: { forcedSettle } }, [
    on('releaseEscrow', when(payoutFits), to('payingFirst'), raise(owePayee), 'A9 S5 S54'),
    on('releaseEscrow', to('settlingFirst'), keep(keepSettling), ask(settle), 'A9 S5'),
    on('refundEscrow', to('refunding'), keep(keepRefundReason), ask(cancelEscrow, tellRuling), 'S6 S9'),
    due('forcedSettle', to('takingCustody'), keep(keepCustody, keepSettling), ask(settle), 'S45'),
    ...gone,
  ]),
  // Released: a try that can no longer fit before the hold's end waits for the settle instead, at nobody's cost.
  payingFirst: state({ until: { payoutTooLate } }, [
    on('debtPaid', to('settlingPaid'), keep(keepSettling), ask(settle), 'A9 S6'),
    on('debtBlocked', to('settlingFirst'), keep(keepSettling), ask(settle), 'S54'),
    due('payoutTooLate', to('settlingUnpaid'), keep(keepSettling), ask(settle), 'S5 S45'),
    on('holdCancelled', to('owing'), keep(whyGone), 'S45 S56'),
  ]),
  settlingPaid: state({ until: nearEnd.until, endedBy: 'node' }, [
    on('holdSettled', to('released'), ask(tellReleased), raise({ kind: 'released' }), 'A9 S8'),
    // Paid out of our own pocket: the hold is gone. The payer has fiat and sats back only by our loss.
    on('holdCancelled', to('released'), keep(whyGone), ask(tellReleased), raise({ kind: 'released' }), 'S56'),
    nearEnd.row,
  ]),
  settlingUnpaid: state({ until: nearEnd.until, endedBy: 'node' }, [
    on('debtPaid', to('settlingPaid'), 'A9'),
    on('debtBlocked', to('settlingFirst'), 'S54'),
    on('holdSettled', to('owing'), 'S8 S45'),
    on('holdCancelled', to('owing'), keep(whyGone), 'S56'),
    nearEnd.row,
  ]),
  settlingFirst: state({ until: nearEnd.until, endedBy: 'node' }, [
    on('holdSettled', to('owing'), raise(owePayee), 'A9 S8'),
    on('holdCancelled', to('owing'), keep(whyGone), raise(owePayee), 'S56'),
    nearEnd.row,
  ]),
  owing: state({ endedBy: 'debt' }, [
    on('debtPaid', to('released'), ask(tellReleased), raise({ kind: 'released' }), 'A9 S45'),
    // Refused because of a hold that has ended since: it is owed all the same.
    on('debtBlocked', raise(owePayee), 'S54'),
  ]),
  takingCustody: state({ until: nearEnd.until, endedBy: 'node' }, [
    on('holdSettled', to('custody'), ask(tellCustody), 'S8 S45'),
    on('releaseEscrow', to('settlingFirst'), 'A9'),
    on('refundEscrow', to('refundingFromCustody'), keep(keepRefundReason), ask(tellRuling), 'S45'),
    ...gone,
    nearEnd.row,
  ]),
  // The payer has its sats back by our outage, and may have the fiat too: the obligation is ours (S56).
  lostPerformed: state({ until: { decideBy: notBeforeGrace(decideBy) } }, [
    on('releaseEscrow', to('owing'), raise(owePayee), 'S56'),
    on(
      'refundEscrow',
      to('refunded'),
      keep(keepRefundReason),
      ask(tellRuling),
      raise({ kind: 'refunded' }),
      'S9',
    ),
    listenFirst('decideBy'),
    due('decideBy', when(defaultIsPayee), to('owing'), ask(tellDefault('payee')), raise(owePayee), 'S56'),
    due('decideBy', to('refunded'), ask(tellDefault('payer')), raise({ kind: 'refunded' }), 'S56'),
  ]),
  custody: state({ until: { custodyEnd: notBeforeGrace(custodyEnd) } }, [
    on('releaseEscrow', to('owing'), raise(owePayee), 'A9 S45'),
    on('refundEscrow', to('repaying'), keep(keepRefundReason), ask(tellRuling), raise(owePayer), 'S45'),
    listenFirst('custodyEnd'),
    due('custodyEnd', when(defaultIsPayee), to('owing'), ask(tellDefault('payee')), raise(owePayee), 'S45'),
    due('custodyEnd', to('repaying'), ask(tellDefault('payer')), raise(owePayer), 'S45'),
  ]),
  refundingFromCustody: state({ until: nearEnd.until, endedBy: 'node' }, [
    on('holdSettled', to('repaying'), raise(owePayer), 'S45'),
    on('holdCancelled', to('refunded'), raise({ kind: 'refunded' }), 'S9'),
    nearEnd.row,
  ]),
  repaying: state({ endedBy: 'debt' }, [on('debtPaid', to('refunded'), raise({ kind: 'refunded' }), 'S9')]),
  refunding: state({ until: nearEnd.until, endedBy: 'node' }, [
    on('holdAccepted', ask(cancelEscrow), 'S8'),
    on('holdCancelled', to('refunded'), ask(tellCancelled), raise({ kind: 'refunded' }), 'S8 S9'),
    nearEnd.row,
  ]),
  released: state({ at: 'end' }),
  refunded: state({ at: 'end' }),
  unlocked: state({ at: 'end' }),
  lost: state({ at: 'end' }),
});
