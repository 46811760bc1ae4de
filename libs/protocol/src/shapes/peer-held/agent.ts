/**
 * PEER_HELD, the agent: keyholder without a hold. It draws the preimage, gives its hash to both, countersigns `locked`
 * once per terms, and discloses the preimage to the payee only, never from A on, never after a refund (S34, S58, S60).
 */
import { SUCCESS_FEE_SECONDS } from '../../deal/limits.js';
import { listenFirst, notBeforeGrace } from '../../machine/grace.js';
import { both, keepCancelled, keepWhy, latest, roleOf, tellBoth } from '../../machine/rows.js';
import { agreedTerms, known } from '../../machine/state.js';
import type { TradeData } from '../../machine/state.js';
import type { Ask, Context, DeadlineAt, Guard, Keep, Raise } from '../../machine/table.js';
import { ask, due, keep, machine, on, raise, state, to, when } from '../../machine/table.js';
import type { LockedHeights } from '../../terms/windows.js';
import { brokenBounds, lockedHeights, SMALLEST_FINAL_CLTV, TIP_SLACK } from '../../terms/windows.js';
import { above } from '../../units.js';
import type { Fact } from '../../machine/facts.js';
import { defaultIsPayee, holdOver, leaseOver, lockedBody } from '../checks.js';

const drawHash: Keep<'host'> = (d, _, c) => ({
  escrowHash: c.keys.paymentHash(agreedTerms(d).hash, 'escrow', 1),
});

const keepAccepted: Keep<'accepted'> = (_, f) => ({
  accepted: { E: f.body.E, h: f.body.h, receivedMsat: f.body.receivedMsat },
});
const keepExpiry: Keep<'payerExpiry'> = (_, f) => ({ payerExpiry: f.body.E });

/** Both reports are in, agree, and leave every window (S13, S49, S55). */
function reportsFit(d: TradeData, f: Fact<'accepted' | 'payerExpiry'>): boolean {
  const { terms } = agreedTerms(d);
  const accepted = f.kind === 'accepted' ? f.body : d.accepted;
  const payerE = f.kind === 'payerExpiry' ? f.body.E : d.payerExpiry;
  if (!accepted || payerE === undefined) return false;
  const at = lockedHeights(accepted.h, accepted.E, terms.windows);
  return (
    f.body.hash === d.escrowHash &&
    accepted.E === payerE &&
    accepted.receivedMsat === terms.priceMsat &&
    Math.abs(accepted.h - f.at.height) <= terms.windows.leaseBlocks + TIP_SLACK &&
    f.at.height <= known(d.leaseEnd, 'lease end') - TIP_SLACK &&
    brokenBounds(terms.shape, at, terms.windows, d.limits.margins).length === 0
  );
}
const reportedHeights = (d: TradeData): LockedHeights => {
  const accepted = known(d.accepted, 'accepted');
  return lockedHeights(accepted.h, accepted.E, agreedTerms(d).terms.windows);
};
const keepLocked: Keep = (d) => ({ locked: reportedHeights(d) });
const tellLocked = tellBoth((d) => lockedBody(known(d.escrowHash, 'escrow hash'), known(d.locked, 'locked')));
/** Why it comes to nothing: what a side said, else that time ran out. */
const whyLapsed = (d: TradeData): string => d.why ?? 'The hold was not locked within the lease.';
const lapse: Ask = (d) => both({ type: 'ruling', for: 'payer', by: 'lease', why: whyLapsed(d) });
const unsecured: Raise = (d) => ({ kind: 'unsecured', why: whyLapsed(d) });

const feeDue: Guard = (d) => agreedTerms(d).terms.successFeeMsat > 0n;
const makeFeeInvoice: Ask = (d, _, c) => {
  const { terms, hash } = agreedTerms(d);
  return {
    kind: 'makeInvoice',
    purpose: 'successFee',
    attempt: 1,
    hash: c.keys.paymentHash(hash, 'successFee', 1),
    amountMsat: terms.successFeeMsat,
    finalCltv: SMALLEST_FINAL_CLTV,
    expirySeconds: SUCCESS_FEE_SECONDS,
    description: `tercet ${hash} success fee`,
  };
};
/** The payee owes it after a settle only; what came to it otherwise came without (S9: nothing is left open). */
const cancelFeeInvoice: Ask = (d) =>
  d.ledger
    .filter(
      ({ kind, purpose, status }) => kind === 'invoice' && purpose === 'successFee' && status === 'live',
    )
    .map(({ hash }) => ({ kind: 'cancelHold' as const, hash }));
/** The preimage goes to the payee only, sealed, and not from A on (S34, S60). */
const disclose: Ask = (d, f, c: Context) => {
  const payee = roleOf(d, 'payee');
  const preimage = c.keys.preimage(agreedTerms(d).hash, 'escrow', 1);
  return {
    kind: 'send',
    to: payee,
    notAfter: above(known(d.locked, 'locked').A, -1),
    instead: {
      type: 'notice',
      what: 'tooLate',
      hash: known(d.escrowHash, 'escrow hash'),
      text: 'The hold is over, so the preimage is no longer given away. The price is owed to you instead.',
    },
    body: {
      type: 'preimage',
      sealed: { to: payee, text: c.keys.seal(preimage, known(d.peers[payee], 'payee').key) },
      feeInvoice: f.kind === 'invoiceMade' ? { hash: f.hash, request: f.request } : null,
    },
  };
};
const tellRefund: Ask<'refundEscrow'> = (_, f) =>
  both({ type: 'ruling', for: 'payer', by: f.by, why: f.why });
const keepReason: Keep<'refundEscrow'> = (_, f) => ({ why: f.why });
const tellDefault =
  (side: 'payer' | 'payee'): Ask =>
  () =>
    both({
      type: 'ruling',
      for: side,
      by: 'default',
      why: 'Nobody decided until decide-by; the default of the terms is carried out.',
    });
const performed: Guard = (d) => d.fiatSent === true;
const decideBy: DeadlineAt = (d) => (d.locked ? { height: d.locked.decideBy } : undefined);
/** From E on no HTLC of this trade is open off chain; a payee that says nothing keeps nothing of ours open. */
const htlcsOver: DeadlineAt = (d) => (d.locked ? { height: d.locked.E } : undefined);
const keepSilence = keepWhy('The payee never said what became of the hold; it is over by now.');
const settled: Guard<'notice'> = (_, f) => f.body.what === 'settled';

export const peerHeldAgent = machine('PEER_HELD.agent', 'idle', {
  idle: state({ endedBy: 'deal' }, [
    on('host', to('drawn'), keep(drawHash), raise({ kind: 'hosted', holdInvoice: null }), 'A7 S34'),
  ]),
  drawn: state({ endedBy: 'step' }, [on('agreed', to('waiting'), 'A7')]),
  waiting: state({ until: { lease: leaseOver } }, [
    on(
      'accepted',
      when(reportsFit),
      to('held'),
      keep(keepAccepted, keepLocked),
      ask(tellLocked),
      raise({ kind: 'secured' }),
      'A10 S13 S49 S58',
    ),
    on(
      'payerExpiry',
      when(reportsFit),
      to('held'),
      keep(keepExpiry, keepLocked),
      ask(tellLocked),
      raise({ kind: 'secured' }),
      'A10 S13 S49 S58',
    ),
    on('accepted', keep(keepAccepted), 'S13'),
    on('payerExpiry', keep(keepExpiry), 'S13'),
    on(
      'cancelRequest',
      to('lapsed'),
      keep(keepWhy('Cancelled before it was locked.')),
      ask(lapse),
      raise(unsecured),
      'A11',
    ),
    on(
      'cancelled',
      to('lapsed'),
      keep((_, f) => ({ why: f.body.why })),
      ask(lapse),
      raise(unsecured),
      'A7',
    ),
    due('lease', to('lapsed'), ask(lapse), raise(unsecured), 'A7 S58'),
  ]),
  held: state({ until: { holdOver: notBeforeGrace(holdOver) } }, [
    on('releaseEscrow', when(feeDue), to('pricing'), ask(makeFeeInvoice), 'A9'),
    on('releaseEscrow', to('disclosed'), ask(disclose), 'A9 S60'),
    on('refundEscrow', to('refunding'), keep(keepReason), ask(tellRefund), 'S9'),
    on('undecided', when(defaultIsPayee), to('disclosed'), ask(disclose, tellDefault('payee')), 'S45'),
    on(
      'undecided',
      to('refunding'),
      keep(keepWhy('Nobody decided until decide-by.')),
      ask(tellDefault('payer')),
      'S45',
    ),
    on('cancelled', when(performed), to('lostPerformed'), keep(keepCancelled), 'S56'),
    on('cancelled', to('refunded'), keep(keepCancelled), raise({ kind: 'refunded' }), 'S9'),
    listenFirst('holdOver'),
    // Performed, and our outage let decide-by pass: nothing is disclosed from A on, but the default makes it owed.
    due(
      'holdOver',
      when(defaultIsPayee),
      to('owedByPayer'),
      keep(keepWhy('The hold was over before the default was carried out; the payer owes the price.')),
      ask(tellDefault('payee')),
      raise({ kind: 'released' }),
      'S34 S56',
    ),
    due(
      'holdOver',
      to('refunding'),
      keep(keepWhy('The hold is over.')),
      ask(() =>
        both({
          type: 'ruling',
          for: 'payer',
          by: 'deadline',
          why: 'The hold is over; nothing was released.',
        }),
      ),
      'S34',
    ),
  ]),
  // The hold is gone and the fiat was reported: what is decided by decide-by makes an obligation of it, or doesn't.
  lostPerformed: state({ until: { decideBy } }, [
    on('releaseEscrow', to('owedByPayer'), raise({ kind: 'released' }), 'S56'),
    on('refundEscrow', to('refunded'), keep(keepReason), ask(tellRefund), raise({ kind: 'refunded' }), 'S9'),
    due(
      'decideBy',
      when(defaultIsPayee),
      to('owedByPayer'),
      ask(tellDefault('payee')),
      raise({ kind: 'released' }),
      'S56',
    ),
    due('decideBy', to('refunded'), ask(tellDefault('payer')), raise({ kind: 'refunded' }), 'S56'),
  ]),
  pricing: state({ endedBy: 'node' }, [
    on('invoiceMade', when(latest('successFee')), to('disclosed'), ask(disclose), 'A9 S60'),
  ]),
  // Nobody can prove that a payee kept an HTLC; what it says is recorded, the payer's own node knows.
  disclosed: state({ until: { htlcsOver } }, [
    on('notice', when(settled), to('released'), raise({ kind: 'released' }), 'A9'),
    on(
      'cancelled',
      to('owedByPayer'),
      keep((_, f) => ({ why: f.body.why })),
      ask(cancelFeeInvoice),
      raise({ kind: 'released' }),
      'S9 S56',
    ),
    on('cancelRequest', 'S20'),
    due('htlcsOver', to('released'), keep(keepSilence), raise({ kind: 'released' }), 'S9'),
  ]),
  refunding: state({ until: { htlcsOver } }, [
    due('htlcsOver', to('refunded'), keep(keepSilence), raise({ kind: 'refunded' }), 'S9'),
    on('cancelled', to('refunded'), raise({ kind: 'refunded' }), 'S9'),
    on(
      'notice',
      when(settled),
      to('refunded'),
      keep(keepWhy('The payee settled after a refund was recorded.')),
      raise({ kind: 'refunded' }),
      'S48',
    ),
  ]),
  released: state({ at: 'end' }),
  owedByPayer: state({ at: 'end' }),
  refunded: state({ at: 'end' }),
  lapsed: state({ at: 'end' }, [on('cancelled', 'S9')]),
});
