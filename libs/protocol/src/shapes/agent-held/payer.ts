/**
 * AGENT_HELD, the payer: pays the agent's hold invoice, by its own node or by any wallet (`externalWallet`), and is told
 * what became of it by its own payment first, by the agent's word second.
 */
import { custodyOverdue, lateReturn, nearEnd } from '../../machine/alarms.js';
import {
  keepCancelled,
  keepReason,
  keepReasonOfEnd,
  keepRuling,
  latest,
  leaveBecause,
  roleOf,
  tell,
} from '../../machine/rows.js';
import type { Ask, DeadlineAt, Guard, Keep, Raise } from '../../machine/table.js';
import { ask, due, keep, machine, on, raise, state, to, when } from '../../machine/table.js';
import { above } from '../../units.js';
import { UNREADABLE_WALLET_BLOCKS } from '../../terms/windows.js';
import { forPayer, heightsIn, lockedFits } from '../checks.js';
import { payEscrow } from '../pay-escrow.js';

const external: Guard = (d) => d.externalWallet;
const overdue: DeadlineAt = (d) => (d.leaseEnd === undefined ? undefined : { height: above(d.leaseEnd, 6) });
/** A wallet that can't be read has what came back by then (protocol.md section 2). */
const walletFree: DeadlineAt = (d) =>
  d.externalWallet && d.leaseEnd !== undefined
    ? { height: above(d.leaseEnd, UNREADABLE_WALLET_BLOCKS) }
    : undefined;
const keepLocked: Keep<'locked'> = (_, f) => ({ locked: heightsIn(f.body) });
const badWindow = leaveBecause('The window of the hold is too short or not as agreed. The sats come back.');
const askCancel: Ask = () => tell('agent', { type: 'cancelRequest', confirmed: true });
/** To the agent, who acts on it, and to the payee: its proof when nothing follows (protocol.md section 2). */
const sendRelease: Ask = (d) => [
  tell('agent', { type: 'release' }),
  tell(roleOf(d, 'payee'), { type: 'release' }),
];
const readExpiry: Ask = (d) =>
  d.externalWallet || !d.escrowHash ? [] : { kind: 'readPaymentExpiry', hash: d.escrowHash };
const keepExpiry: Keep<'paymentExpiry'> = (_, f) => ({ lockedUntil: f.firstHopExpiry });
const expiry = on('paymentExpiry', keep(keepExpiry), 'S52');
const unsecured: Raise = (d) => ({
  kind: 'unsecured',
  why: d.why ?? 'The hold was not paid or did not count.',
});
const keepCustody: Keep<'custody'> = (_, f) => ({ custodyUntil: f.body.untilHeight });
const released: Guard<'notice'> = (_, f) => f.body.what === 'released';
const settledEarly: Raise = () => ({
  kind: 'endangered',
  why: 'The hold was settled without your release. Until the agent announces custody, keep "tercet evidence ID".',
});

const refundedByNode = on(
  'paymentFailed',
  when(latest('escrow')),
  to('refunded'),
  raise({ kind: 'refunded' }),
  'S8',
);
const refundSaid = on('ruling', when(forPayer), to('refundSaid'), keep(keepRuling), 'S9');

export const agentHeldPayer = machine('AGENT_HELD.payer', 'idle', {
  idle: state({ endedBy: 'deal' }, [
    on('prepare', raise({ kind: 'prepared' }), 'A7'),
    on('agreed', when(external), to('payingElsewhere'), 'A7'),
    on('agreed', to('paying'), ask(payEscrow), 'A7 S1 S4'),
  ]),
  paying: state({ until: lateReturn.until, endedBy: 'node' }, [
    on(
      'locked',
      when(lockedFits),
      to('secured'),
      keep(keepLocked),
      ask(readExpiry),
      raise({ kind: 'secured' }),
      'A8 S13 S49',
    ),
    on('locked', to('leaving'), keep(badWindow), ask(askCancel), 'S49'),
    on('cancelled', keep(keepCancelled), 'A7'),
    on('cmdCancel', ask(askCancel), 'A11'),
    on('paymentFailed', when(latest('escrow')), to('unpaid'), keep(keepReason), raise(unsecured), 'S3'),
    on('paymentPaid', when(latest('escrow')), to('settledEarly'), raise(settledEarly), 'S45 S48'),
    on(
      'payRefused',
      when(latest('escrow')),
      to('unpaid'),
      keep(keepReason),
      ask(askCancel),
      raise(unsecured),
      'S4',
    ),
    lateReturn.row,
  ]),
  // A wallet of the payer's own choice pays; its state can't be read, so the agent's word and the lease decide.
  payingElsewhere: state({ until: { overdue } }, [
    on('locked', when(lockedFits), to('secured'), keep(keepLocked), raise({ kind: 'secured' }), 'A8 S13 S49'),
    on('locked', to('leaving'), keep(badWindow), ask(askCancel), 'S49'),
    on('cancelled', to('unpaid'), keep(keepCancelled), raise(unsecured), 'A7'),
    on('cmdCancel', ask(askCancel), 'A11'),
    due(
      'overdue',
      to('unpaid'),
      keep(() => ({ why: 'The hold was not locked within the lease. What your wallet paid comes back.' })),
      ask(askCancel),
      raise(unsecured),
      'A7 S59',
    ),
  ]),
  leaving: state({ until: { walletFree, ...lateReturn.until }, endedBy: 'node' }, [
    on('paymentFailed', when(latest('escrow')), to('unpaid'), raise(unsecured), 'S49'),
    on('paymentPaid', when(latest('escrow')), to('settledEarly'), raise(settledEarly), 'S48'),
    due('walletFree', to('unpaid'), raise(unsecured), 'S52'),
    on('cancelled', when(external), to('unpaid'), raise(unsecured), 'S49'),
    on('ruling', when(external), to('unpaid'), raise(unsecured), 'S49'),
    lateReturn.row,
  ]),
  secured: state({ until: { ...nearEnd.until, ...custodyOverdue.until }, endedBy: 'agent' }, [
    expiry,
    on('releaseEscrow', to('releasing'), ask(sendRelease), 'A9'),
    refundedByNode,
    refundSaid,
    on('paymentPaid', when(latest('escrow')), to('settledEarly'), raise(settledEarly), 'S45'),
    on('custody', to('custody'), keep(keepCustody), 'S45'),
    // The agent's node lost the hold: a wallet that can't be read has only the agent's word for it.
    on('cancelled', when(external), to('refunded'), keep(keepCancelled), raise({ kind: 'refunded' }), 'S9'),
    nearEnd.row,
    custodyOverdue.row,
  ]),
  refundSaid: state({ until: { ...nearEnd.until, ...custodyOverdue.until }, endedBy: 'agent' }, [
    expiry,
    refundedByNode,
    on('cancelled', when(external), to('refunded'), raise({ kind: 'refunded' }), 'S9'),
    on('claimPaid', to('refunded'), raise({ kind: 'refunded' }), 'S9'),
    // The hold was settled into custody before: the refund comes as a payment (S45).
    on('paymentPaid', when(latest('escrow')), 'S45'),
    nearEnd.row,
    custodyOverdue.row,
  ]),
  releasing: state({ until: { ...nearEnd.until, ...custodyOverdue.until }, endedBy: 'agent' }, [
    expiry,
    on('paymentPaid', when(latest('escrow')), to('released'), raise({ kind: 'released' }), 'A9 S8'),
    on('notice', when(external, released), to('released'), raise({ kind: 'released' }), 'A9'),
    // The hold was lost: the wallet has its sats back, and what is owed to the payee is owed by the agent (S56).
    on('cancelled', when(external), to('refunded'), keep(keepCancelled), raise({ kind: 'refunded' }), 'S9'),
    on('custody', keep(keepCustody), 'S45'),
    refundedByNode,
    refundSaid,
    nearEnd.row,
    custodyOverdue.row,
  ]),
  settledEarly: state({ until: custodyOverdue.until, endedBy: 'agent' }, [
    // Our node may hear of the settle before the agent's word reaches us.
    on('locked', when(lockedFits), keep(keepLocked), 'S48'),
    on('custody', to('custody'), keep(keepCustody), 'S45'),
    on('releaseEscrow', to('releasingCustody'), ask(sendRelease), 'A9'),
    refundSaid,
    custodyOverdue.row,
  ]),
  custody: state({ until: custodyOverdue.until, endedBy: 'agent' }, [
    on('releaseEscrow', to('releasingCustody'), ask(sendRelease), 'A9'),
    on('paymentPaid', when(latest('escrow')), 'S45'),
    on('claimPaid', to('refunded'), raise({ kind: 'refunded' }), 'S45'),
    on('notice', when(released), to('released'), raise({ kind: 'released' }), 'S45'),
    on('ruling', keep(keepRuling), 'S45'),
    custodyOverdue.row,
  ]),
  releasingCustody: state({ until: custodyOverdue.until, endedBy: 'agent' }, [
    on('ruling', keep(keepRuling), 'S45'),
    on('notice', when(released), to('released'), raise({ kind: 'released' }), 'A9'),
    on('paymentPaid', when(latest('escrow')), 'S45'),
    on('claimPaid', to('refunded'), raise({ kind: 'refunded' }), 'S45'),
    custodyOverdue.row,
  ]),
  released: state({ at: 'end' }),
  refunded: state({ at: 'end' }, [
    on('ruling', keep(keepReasonOfEnd), 'S9'),
    on('cancelled', keep(keepReasonOfEnd), 'S9'),
  ]),
  unpaid: state({ at: 'end' }, [on('cancelled', keep(keepCancelled), 'A7')]),
});
