/**
 * Who owes sats pays them here: the agent its payouts (A9) and refunds from custody, a payer a price whose hold was lost
 * (S56). One live payment per obligation (S1); a destination doesn't change while a claim on it is live (S2); what is
 * unknown is tracked, never sent again (S3); what failed waits for a fresh invoice of the same amount.
 */
import { payoutRoom } from '../deal/checks.js';
import { feeLimitMsat, TRIES_AT_DEBTORS_COST } from '../deal/limits.js';
import { latest, tell } from '../machine/rows.js';
import { agreedTerms, known } from '../machine/state.js';
import type { Obligation, TradeData } from '../machine/state.js';
import type { Ask, DeadlineAt, Guard, Keep } from '../machine/table.js';
import { ask, due, keep, machine, on, raise, state, to, when } from '../machine/table.js';
import { PAYOUT_CLTV_LIMIT } from '../terms/windows.js';
import { blocks, msat, unixMs } from '../units.js';
import type { Msat } from '../units.js';

const owed = (d: TradeData): Obligation => known(d.obligation, 'obligation');

/** From the fourth try on the fee limit comes off: the creditor pays for further tries. */
export const invoiceAmount = (o: Obligation): Msat =>
  o.attempt <= TRIES_AT_DEBTORS_COST ? o.amountMsat : msat(o.amountMsat - feeLimitMsat(o.amountMsat));

/** A debt that comes back (its hold had gone on chain) goes on counting: the creditor answers each number once. */
const keepOwed: Keep<'owe'> = (d, f) => ({
  obligation: { to: f.to, amountMsat: f.amountMsat, why: f.why, attempt: d.obligation?.attempt ?? 1 },
});
/** The payout invoice that was handed over at the start is the creditor's and of this amount. */
const invoiceAtHand: Guard<'owe'> = (d, f) =>
  d.payoutRequest !== undefined &&
  f.amountMsat === agreedTerms(d).terms.payoutMsat &&
  d.seat === 'agent' &&
  f.why === 'The trade was released.';
const record: Ask = (d) => ({
  kind: 'recordToSelf',
  hash: known(d.payoutRequest, 'payout request').hash,
  to: owed(d).to,
  amountMsat: invoiceAmount(owed(d)),
  attempt: owed(d).attempt,
});
const askForInvoice: Ask = (d) =>
  tell(owed(d).to, {
    type: 'obligation',
    why: owed(d).why,
    amountMsat: invoiceAmount(owed(d)),
    attempt: owed(d).attempt,
  });
const nextAttempt: Keep = (d) => ({
  obligation: { ...owed(d), attempt: owed(d).attempt + 1 },
  payoutRequest: undefined,
});
/**
 * A node that finds no route says so at once, and goes on saying so for minutes: each try costs an invoice, three messages
 * and a dozen commits, so the pause doubles with each, up to a minute.
 */
const untilNextTry: Keep = (d, f) => ({ nextTryMs: unixMs(f.at.timeMs + pauseMs(owed(d).attempt)) });
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
const pauseMs = (attempt: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt - 1, 20));
const nextTry: DeadlineAt = (d) => (d.nextTryMs === undefined ? undefined : { timeMs: d.nextTryMs });

/** While the hold is open and stays so, the route must end before A - 24; else up to 288 blocks (S5). */
const payOut: Ask = (d, f) => {
  const { terms } = agreedTerms(d);
  const { hash, request } = known(d.payoutRequest, 'payout request');
  const held = d.ledger.some((entry) => entry.kind === 'hold' && entry.status === 'accepted');
  const holdOpen = held && d.settling !== true;
  const room = d.locked && holdOpen ? payoutRoom(d, d.locked.A, f.at.height) : PAYOUT_CLTV_LIMIT;
  return {
    kind: 'pay',
    purpose: 'payout',
    attempt: owed(d).attempt,
    request,
    expect: {
      hash,
      amountMsat: invoiceAmount(owed(d)),
      payee: owed(d).to === 'maker' ? terms.maker.node : terms.taker.node,
      leastFinalCltv: blocks(0),
      mostFinalCltv: blocks(144),
    },
    maxFeeMsat: msat(feeLimitMsat(owed(d).amountMsat)),
    // Never 0, which a node would read as "no limit".
    cltvLimit: blocks(Math.max(1, Math.min(PAYOUT_CLTV_LIMIT, room))),
    activeChannels: holdOpen ? (d.heldChannels ?? []) : [],
  };
};
const rightInvoice: Guard<'freshInvoice'> = (d, f) =>
  f.from === owed(d).to &&
  f.body.attempt === owed(d).attempt &&
  !d.ledger.some((entry) => entry.hash === f.body.hash);
const keepInvoice: Keep<'freshInvoice'> = (_, f) => ({
  payoutRequest: { hash: f.body.hash, request: f.body.request },
});
const holdOnChain: Guard<'payRefused'> = (_, f) => f.reason === 'HOLD_ON_CHAIN';

export const debt = machine('debt', 'none', {
  none: state({ at: 'rest' }, [
    on('owe', when(invoiceAtHand), to('recording'), keep(keepOwed), ask(record), 'S1 A9'),
    on('owe', to('owed'), keep(keepOwed), ask(askForInvoice), 'S45 S56'),
  ]),
  recording: state({}, [on('recorded', to('paying'), ask(payOut), 'S1')]),
  // Unknown = still in flight: tracked by hash; nothing else is sent (S3).
  paying: state({}, [
    on('paymentPaid', when(latest('payout')), to('paid'), raise({ kind: 'debtPaid' }), 'S1 S8'),
    on(
      'payRefused',
      when(latest('payout'), holdOnChain),
      to('none'),
      keep(nextAttempt),
      raise({ kind: 'debtBlocked', why: 'A held HTLC went on chain.' }),
      'S54',
    ),
    on('paymentFailed', when(latest('payout')), to('resting'), keep(untilNextTry, nextAttempt), 'S1 S3'),
    on('payRefused', when(latest('payout')), to('resting'), keep(untilNextTry, nextAttempt), 'S4 A16'),
  ]),
  resting: state({ until: { nextTry } }, [due('nextTry', to('owed'), ask(askForInvoice), 'S45 S56')]),
  owed: state({}, [
    on('freshInvoice', when(rightInvoice), to('recording'), keep(keepInvoice), ask(record), 'S1 S2 A16'),
  ]),
  paid: state({ at: 'end' }),
});
