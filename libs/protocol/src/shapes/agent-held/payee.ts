/** AGENT_HELD, the payee: it holds nothing; its money is a payment of the agent on its own payout invoice (A6, A9). */
import { custodyOverdue } from '../../machine/alarms.js';
import { keepCancelled, keepRuling, tell } from '../../machine/rows.js';
import type { Ask, Keep, Raise } from '../../machine/table.js';
import { ask, due, keep, machine, on, raise, state, to, when } from '../../machine/table.js';
import { forPayer, heightsIn, lockedFits, lockOverdue, paidAlready } from '../checks.js';

const keepLocked: Keep<'locked'> = (_, f) => ({ locked: heightsIn(f.body) });
const askCancel: Ask = () => tell('agent', { type: 'cancelRequest', confirmed: true });
const unsecured: Raise = (d) => ({
  kind: 'unsecured',
  why: d.why ?? 'The hold was not paid within the lease.',
});
const keepCustody: Keep<'custody'> = (_, f) => ({ custodyUntil: f.body.untilHeight });

const paid = on('claimPaid', to('released'), raise({ kind: 'released' }), 'A9 S8');
const refund = on(
  'ruling',
  when(forPayer),
  to('refunded'),
  keep(keepRuling),
  raise({ kind: 'refunded' }, { kind: 'void' }),
  'S9',
);

/** For us: the payment follows on our own invoice. */
const decided = on('ruling', keep(keepRuling), 'S45');

export const agentHeldPayee = machine('AGENT_HELD.payee', 'idle', {
  idle: state({ endedBy: 'deal' }, [on('agreed', to('waiting'), 'A7')]),
  waiting: state({ until: { overdue: lockOverdue } }, [
    // Released, and paid out, before the agent's word of the lock reached us.
    on(
      'locked',
      when(lockedFits, paidAlready),
      to('released'),
      keep(keepLocked),
      raise({ kind: 'secured' }, { kind: 'released' }),
      'A9 S9',
    ),
    on(
      'locked',
      when(lockedFits),
      to('secured'),
      keep(keepLocked),
      raise({ kind: 'secured' }),
      'A8 A10 S13 S49',
    ),
    on(
      'locked',
      to('over'),
      keep(() => ({ why: 'The window of the hold is too short or not as agreed.' })),
      ask(askCancel),
      raise(unsecured),
      'S49',
    ),
    on('cancelled', to('over'), keep(keepCancelled), raise(unsecured), 'A7'),
    on('cmdCancel', ask(askCancel), 'A11'),
    due('overdue', to('over'), ask(askCancel), raise(unsecured), 'A7 S59'),
  ]),
  secured: state({ until: custodyOverdue.until, endedBy: 'agent' }, [
    paid,
    refund,
    decided,
    on('custody', to('custody'), keep(keepCustody), 'S45'),
    on(
      'cancelled',
      to('refunded'),
      keep(keepCancelled),
      raise({ kind: 'refunded' }, { kind: 'void' }),
      'S56',
    ),
    custodyOverdue.row,
  ]),
  custody: state({ until: custodyOverdue.until, endedBy: 'agent' }, [
    paid,
    refund,
    decided,
    custodyOverdue.row,
  ]),
  released: state({ at: 'end' }),
  refunded: state({ at: 'end' }),
  over: state({ at: 'end' }),
});
