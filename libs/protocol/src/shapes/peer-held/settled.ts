/**
 * PEER_HELD, a payee whose node has settled. What the payer released, or the agent decided for the payee, is its own. A
 * preimage that came without either is settled all the same, since whoever else knows it could take the payment on its way,
 * and is owed to the payer: void on its release, due on refund (protocol.md section 2). The payer gives either its release or
 * an invoice for what comes back, never both, so that no order of messages pays it twice or leaves both sides without.
 */
import { keepWhy, roleOf, tell } from '../../machine/rows.js';
import { agreedTerms } from '../../machine/state.js';
import type { Ask, Guard, Keep, Raise, Row } from '../../machine/table.js';
import { ask, due, keep, on, raise, state, to, when } from '../../machine/table.js';
import { defaultIsPayee, holdOver } from '../checks.js';
import { defaultRules, mayRefund, ruledToPayee } from './rulings.js';

export const saySettled: Ask = (d) =>
  (['agent', roleOf(d, 'payer')] as const).map((role) =>
    tell(role, { type: 'notice', what: 'settled', hash: d.escrowHash ?? null, text: 'The hold is settled.' }),
  );

/** The success fee is the agent's own invoice, paid after the settle, out of what the payee received: a debt as any (S1, S4). */
const feeDue: Guard = (d) => d.successFeeInvoice !== undefined && agreedTerms(d).terms.successFeeMsat > 0n;
const oweFee: Raise = (d) => ({
  kind: 'owe',
  to: 'agent',
  amountMsat: agreedTerms(d).terms.successFeeMsat,
  why: "The agent's success fee is due.",
  purpose: 'successFee',
});

/** Of two words of the agent's that contradict each other the first holds (S20). */
export const keepDecision: Keep<'ruling'> = (d, f, c) => ({
  why: f.body.why,
  decided: d.decided ?? (mayRefund(d, f, c) ? 'payer' : defaultRules(d, f, c) ? 'payee' : undefined),
});

/** Released, or decided for us, who have not given it up. */
const isOurs: Guard = (d) => d.releaseSigned === true || (d.decided === 'payee' && d.cancelAsked !== true);
const isTheirs: Guard = (d) => d.decided === 'payer';
const oweBack: Raise = (d) => ({
  kind: 'owe',
  to: roleOf(d, 'payer'),
  amountMsat: agreedTerms(d).terms.priceMsat,
  why: 'The hold was settled without a release, and the trade is refunded.',
  refund: true,
});

/** Two rows, with the success fee and without. */
const released = (row: (guards: Guard[], ...raises: Raise[]) => Row): Row[] => {
  const isReleased: Raise = () => ({ kind: 'released' });
  return [row([feeDue], isReleased, oweFee), row([], isReleased)];
};

/** The node says that the hold is settled: by us, or by hand. */
export const onSettled: Row[] = [
  ...released((fee, ...raises) =>
    on('holdSettled', when(isOurs, ...fee), to('released'), ask(saySettled), raise(...raises), 'A9 S8'),
  ),
  on('holdSettled', when(isTheirs), to('repaying'), ask(saySettled), raise(oweBack), 'S8 S48'),
  on('holdSettled', to('unreleased'), ask(saySettled), 'S8 S48'),
];

export const unreleased = state({ until: { holdOver, ...ruledToPayee.until } }, [
  ...released((fee, ...raises) =>
    on('releaseEscrow', when(...fee), to('released'), raise(...raises), 'A9 S48'),
  ),
  ...released((fee, ...raises) =>
    on(
      'ruling',
      when<'ruling'>(defaultRules, ...fee),
      to('released'),
      keep(keepDecision),
      raise(...raises),
      'S45 S48',
    ),
  ),
  on('ruling', when(mayRefund), to('repaying'), keep(keepDecision), raise(oweBack), 'S48 S56'),
  ruledToPayee.row,
  ...released((fee, ...raises) =>
    due('holdOver', when(defaultIsPayee, ...fee), to('released'), raise(...raises), 'S45 S48'),
  ),
  due(
    'holdOver',
    to('repaying'),
    keep(keepWhy('The preimage came without a release, and none followed: the price goes back.')),
    raise(oweBack),
    'S48 S56',
  ),
]);

export const repaying = state({ endedBy: 'debt' }, [
  on('debtPaid', to('refunded'), raise({ kind: 'refunded' }), 'S48 S56'),
  // Released before it gave an invoice: its own word against its own claim.
  ...released((fee, ...raises) => on('debtVoided', when(...fee), to('released'), raise(...raises), 'A9 S48')),
  on('ruling', 'S20'),
]);
