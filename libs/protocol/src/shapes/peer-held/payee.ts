/**
 * PEER_HELD, the payee: host without the key. It settles with the preimage that the agent sends after release, and
 * cancels what is refunded, never locked (S58), or still held without a preimage at A.
 */
import { sha256Hex } from '../../crypto/canonical.js';
import { INVOICE_START_SECONDS } from '../../deal/limits.js';
import { lateReturn, nearEnd } from '../../machine/alarms.js';
import { cancelEscrow, keepWhy, roleOf, sayGivenUp, tell } from '../../machine/rows.js';
import { agreedTerms, known } from '../../machine/state.js';
import type { TradeData } from '../../machine/state.js';
import type { Ask, Context, Guard, Keep, Raise, Row } from '../../machine/table.js';
import { ask, due, keep, machine, on, raise, state, to, when } from '../../machine/table.js';
import type { Fact } from '../../machine/facts.js';
import type { Preimage } from '../../units.js';
import {
  acceptHeightOf,
  expiryOf,
  faultOf,
  forPayer,
  heightsIn,
  holdFits,
  holdGone,
  holdOver,
  hostFree,
  lockedFits,
  paidAlready,
  releasedByPayer,
} from '../checks.js';
import { holdDescription } from '../pay-escrow.js';
import { defaultRules, mayRefund, ruledToPayee } from './rulings.js';
import { keepDecision, onSettled, repaying, saySettled, unreleased } from './settled.js';

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
const sendInvoice: Ask<'holdCreated'> = (d, f) =>
  tell(roleOf(d, 'payer'), { type: 'invoice', request: f.request });
const reportAccepted: Ask<'holdAccepted'> = (d, f) =>
  (['agent', roleOf(d, 'payer')] as const).map((role) =>
    tell(role, {
      type: 'accepted',
      hash: f.hash,
      E: expiryOf(f),
      h: acceptHeightOf(f),
      receivedMsat: f.receivedMsat,
    }),
  );
const keepAccepted: Keep<'holdAccepted'> = (_, f) => ({
  accepted: { E: expiryOf(f), h: acceptHeightOf(f), receivedMsat: f.receivedMsat },
});
const keepFault: Keep<'holdAccepted'> = (d, f) => ({ why: faultOf(d, f) ?? '' });
const sayCancelled: Ask = (d) =>
  (['agent', roleOf(d, 'payer')] as const).map((role) =>
    tell(role, { type: 'cancelled', hash: d.escrowHash ?? null, why: d.why ?? 'The hold was cancelled.' }),
  );

/** E and h in `locked` are the ones this host reported: a locked that says otherwise isn't about this hold. */
const sameReport: Guard<'locked'> = (d, f) => f.body.E === d.accepted?.E && f.body.h === d.accepted.h;
const keepLocked: Keep<'locked'> = (_, f) => ({ locked: heightsIn(f.body) });

const preimageIn = (d: TradeData, f: Fact<'preimage'>, c: Context): Preimage =>
  c.keys.openSeal(f.body.sealed.text, agreedTerms(d).terms.agent.key) as Preimage;
/** S38: the preimage is judged by its hash, 32 bytes exactly. */
const rightPreimage: Guard<'preimage'> = (d, f, c) => {
  const preimage = preimageIn(d, f, c);
  return /^[0-9a-f]{64}$/.test(preimage) && sha256Hex(preimage) === d.escrowHash;
};
const keepPreimage: Keep<'preimage'> = (d, f, c) => ({
  preimage: preimageIn(d, f, c),
  successFeeInvoice: f.body.feeInvoice ?? undefined,
});
const settle: Ask = (d) => ({
  kind: 'settleHold',
  hash: known(d.escrowHash, 'escrow hash'),
  preimage: 'received',
});
/** The preimage was here because it was released, or decided for us. */
const mayBeOwed: Guard = (d) => (d.releaseSigned === true || d.decided === 'payee') && d.cancelAsked !== true;
/** S20: of two words of the agent's the first holds. */
const undecided: Guard = (d) => d.decided === undefined;
/** Nothing was sent, so nothing is taken for it: our own word, that a payer which releases all the same waits for nothing of ours. */
const takesNothing: Guard = (d) => d.fiatSent !== true && d.cancelAsked !== true;
const keepGivenUp: Keep = () => ({ cancelAsked: true });
const keepRuling: Keep<'ruling'> = (_, f) => ({ why: f.body.why });
const keepRanOut = keepWhy('The hold invoice ran out.');
const unsecured: Raise = (d) => ({ kind: 'unsecured', why: d.why ?? 'The hold was never locked.' });

/** The payer owes, on a fresh invoice (S56); where its node knew first that the HTLC is gone, its daemon has paid already. */
const gone = (isOwed: Guard): Row[] => [
  on(
    'holdCancelled',
    when(paidAlready),
    to('released'),
    ask(sayCancelled),
    raise({ kind: 'released' }),
    'S9 S56',
  ),
  on(
    'holdCancelled',
    when(isOwed),
    to('unpaid'),
    keep(keepWhy('The hold was gone before it could be settled; the payer owes the price.')),
    ask(sayCancelled),
    'S56',
  ),
  on(
    'holdCancelled',
    to('refunded'),
    keep(keepWhy('The node cancelled the hold by itself.')),
    ask(sayCancelled),
    raise({ kind: 'refunded' }),
    'S9 S56',
  ),
];

export const peerHeldPayee = machine('PEER_HELD.payee', 'idle', {
  idle: state({ endedBy: 'deal' }, [
    on('prepare', raise({ kind: 'prepared' }), 'A7'),
    on('agreed', to('hosting'), ask(createHold), 'A7 S12'),
  ]),
  hosting: state({ endedBy: 'node' }, [
    on(
      'holdCreated',
      when(holdGone),
      to('unlocked'),
      keep(keepRanOut),
      ask(sayCancelled),
      raise(unsecured),
      'S9',
    ),
    on('holdCreated', to('open'), ask(sendInvoice), 'A7'),
  ]),
  open: state({ until: { free: hostFree } }, [
    on(
      'holdAccepted',
      when(holdFits),
      to('accepted'),
      keep(keepAccepted),
      ask(reportAccepted),
      'S13 S49 S55',
    ),
    on('holdAccepted', to('unlocking'), keep(keepFault), ask(cancelEscrow), 'S49 S55'),
    on('ruling', when(forPayer), to('unlocking'), keep(keepRuling), ask(cancelEscrow), 'A7'),
    on(
      'cmdCancel',
      to('unlocking'),
      keep(keepWhy('Cancelled by the payee before it was locked.')),
      ask(cancelEscrow),
      'A11',
    ),
    on('holdCancelled', to('unlocked'), keep(keepRanOut), ask(sayCancelled), raise(unsecured), 'A7'),
    due(
      'free',
      to('unlocking'),
      keep(keepWhy('The hold was not paid within the lease.')),
      ask(cancelEscrow),
      'A7 S58',
    ),
  ]),
  accepted: state({ until: { free: hostFree } }, [
    on(
      'locked',
      when(sameReport, lockedFits),
      to('held'),
      keep(keepLocked),
      raise({ kind: 'secured' }),
      'A10 S13 S49',
    ),
    on(
      'locked',
      to('unlocking'),
      keep(keepWhy('The agent locked other heights than this node reported.')),
      ask(cancelEscrow),
      'S49',
    ),
    on('ruling', when(forPayer), to('unlocking'), keep(keepRuling), ask(cancelEscrow), 'A7'),
    on(
      'cmdCancel',
      to('unlocking'),
      keep(keepWhy('Cancelled by the payee before it was locked.')),
      ask(cancelEscrow),
      'A11',
    ),
    on('holdCancelled', to('unlocked'), ask(sayCancelled), raise(unsecured), 'S8'),
    due('free', to('unlocking'), keep(keepWhy('No locked came within the lease.')), ask(cancelEscrow), 'S58'),
  ]),
  unlocking: state({ until: lateReturn.until, endedBy: 'node' }, [
    on('holdAccepted', ask(cancelEscrow), 'S13'),
    on('holdCancelled', to('unlocked'), ask(sayCancelled), raise(unsecured), 'S8 S9'),
    lateReturn.row,
  ]),
  held: state({ until: { holdOver, ...nearEnd.until, ...ruledToPayee.until } }, [
    on('preimage', when(rightPreimage), to('settling'), keep(keepPreimage), ask(settle), 'A9 S8'),
    on('preimage', keep(keepWhy('The agent sent a preimage that does not fit the hold.')), 'S38'),
    on(
      'ruling',
      when(mayRefund, undecided, takesNothing),
      to('refunding'),
      keep(keepDecision, keepGivenUp),
      ask(cancelEscrow, sayGivenUp),
      'A11 S9 S47',
    ),
    on(
      'ruling',
      when(mayRefund, undecided),
      to('refunding'),
      keep(keepDecision),
      ask(cancelEscrow),
      'S9 S47',
    ),
    on('ruling', when(mayRefund), 'S20'),
    on('ruling', when(defaultRules), keep(keepDecision), 'S45'),
    ruledToPayee.row,
    ...onSettled,
    ...gone(releasedByPayer),
    due(
      'holdOver',
      when(releasedByPayer),
      to('lapsing'),
      keep(keepWhy('Released, and the hold is over before the preimage came; the payer owes the price.')),
      ask(cancelEscrow),
      'S14 S56',
    ),
    due(
      'holdOver',
      to('refunding'),
      keep(keepWhy('The hold is over and no preimage came.')),
      ask(cancelEscrow),
      'S14',
    ),
    nearEnd.row,
  ]),
  // With the payer's release in hand: it owes, and pays on a fresh invoice, unless we give it up.
  lapsing: state({ until: nearEnd.until, endedBy: 'node' }, [
    on('holdAccepted', ask(cancelEscrow), 'S8'),
    ...onSettled,
    ...gone(releasedByPayer),
    on('ruling', keep(keepRuling), 'S45'),
    on('preimage', 'S61'),
    nearEnd.row,
  ]),
  // A word that the terms don't allow yet waits: it may be needed where the node settles without a release.
  settling: state({ until: nearEnd.until, endedBy: 'node' }, [
    ...onSettled,
    ...gone(mayBeOwed),
    on('ruling', when(mayRefund), keep(keepDecision), 'S20'),
    on('ruling', when(defaultRules), keep(keepDecision), 'S45'),
    nearEnd.row,
  ]),
  unreleased,
  repaying,
  unpaid: state({ endedBy: 'owed' }, [
    on('claimPaid', to('released'), ask(saySettled), raise({ kind: 'released' }), 'S56'),
    on('givenUp', to('refunded'), raise({ kind: 'refunded' }), 'A11'),
    on('ruling', keep(keepRuling), 'S45'),
    on('preimage', 'S61'),
  ]),
  refunding: state({ until: nearEnd.until, endedBy: 'node' }, [
    on('holdAccepted', ask(cancelEscrow), 'S8'),
    // A preimage that comes while the HTLC is still held is settled and owed back (protocol.md PEER_HELD): the cancel was asked first, so the node decides.
    on('holdCancelled', to('refunded'), ask(sayCancelled), raise({ kind: 'refunded' }), 'S8 S9'),
    ...onSettled,
    nearEnd.row,
  ]),
  released: state({ at: 'end' }, [on('ruling', 'S20')]),
  refunded: state({ at: 'end' }, [on('ruling', 'S20'), on('preimage', 'S61')]),
  unlocked: state({ at: 'end' }, [on('ruling', 'A7')]),
});
