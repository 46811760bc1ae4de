/**
 * Who owes sats pays them here: the agent its payouts (A9) and refunds from custody, a payer a price whose hold was lost
 * (S56), a payee that hosts the agent's success fee, or what it settled without a release (S48). One live payment per obligation (S1); a destination doesn't change while a claim on it is live (S2); what is
 * unknown is tracked, never sent again (S3); what failed waits for a fresh invoice of the same amount.
 */
import { payoutRoom } from '../deal/checks.js';
import {
  feeLimitMsat,
  SUCCESS_FEE_SECONDS,
  SUCCESS_FEE_TRIES,
  TRIES_AT_DEBTORS_COST,
  TRY_REST_MS,
} from '../deal/limits.js';
import { noWord } from '../machine/alarms.js';
import type { DebtPurpose, Fact } from '../machine/facts.js';
import { paidLate } from '../machine/late.js';
import { tell } from '../machine/rows.js';
import { agreedTerms, known } from '../machine/state.js';
import type { Obligation, TradeData } from '../machine/state.js';
import type { Ask, DeadlineAt, Guard, Keep } from '../machine/table.js';
import { ask, due, keep, machine, on, raise, refuse, state, to, when } from '../machine/table.js';
import { PAYOUT_CLTV_LIMIT } from '../terms/windows.js';
import { blocks, msat, unixMs } from '../units.js';
import type { Height, Msat } from '../units.js';

const owed = (d: TradeData): Obligation => known(d.obligation, 'obligation');
export const purposeOf = (o: Pick<Obligation, 'purpose'>): DebtPurpose => o.purpose ?? 'payout';
/** The fact speaks of the newest try of this debt. */
const ours: Guard<'paymentPaid' | 'paymentFailed' | 'payRefused'> = (d, f) =>
  d.ledger.findLast(({ kind, purpose }) => kind === 'payment' && purpose === purposeOf(owed(d)))?.hash ===
  f.hash;

/** After three tries that count the fee limit comes off, where that leaves something: the creditor pays for further ones. */
const invoiceAmount = ({ amountMsat, tries }: Obligation): Msat => {
  const less = amountMsat - feeLimitMsat(amountMsat);
  return (tries?.count ?? 0) < TRIES_AT_DEBTORS_COST || less <= 0n ? amountMsat : msat(less);
};

const USED = 'The hash of the invoice for it was used before (HASH_IN_USE): nothing is paid on it.';
/** A debt that comes back (its hold had gone on chain) goes on counting: the creditor answers each number once. */
const keepOwed: Keep<'owe'> = (d, { to, amountMsat, why, purpose, refund, used }) => ({
  obligation: {
    to,
    amountMsat,
    why: used === undefined ? why : `${why} ${USED}`,
    attempt: d.obligation?.attempt ?? 1,
    tries: d.obligation?.tries,
    purpose,
    refund,
  },
});
/** The agent's invoice came with the preimage; the payout invoice of the start is the payee's, and of the payout's amount. */
const handedOver = (d: TradeData, f: Fact<'owe'>): TradeData['payoutRequest'] => {
  if (f.purpose === 'successFee') return d.obligation ? undefined : d.successFeeInvoice;
  const released =
    f.amountMsat === agreedTerms(d).terms.payoutMsat && d.seat === 'agent' && f.refund !== true;
  return released ? d.payoutRequest : undefined;
};
/** One on a hash that was used before is none: a fresh one is asked for (S12). */
const invoiceAtHand: Guard<'owe'> = (d, f) => {
  const hash = handedOver(d, f)?.hash;
  return hash !== undefined && f.used?.includes(hash) !== true;
};
const askedNow: Keep<'owe'> = (_, f) => ({ nextTryMs: f.at.timeMs });
const keepHandedOver: Keep<'owe'> = (d, f) => ({ payoutRequest: handedOver(d, f) });
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
 * and a dozen commits, so the pause doubles with each, up to where tries count apart: a debt may stand for weeks.
 */
const untilNextTry: Keep = (d, f) => ({ nextTryMs: unixMs(f.at.timeMs + pauseMs(owed(d))) });
const FIRST_PAUSE_MS = 1000;
/** A fee isn't worth a try every ten minutes. */
const LONGEST_PAUSE_MS: Record<DebtPurpose, number> = { payout: TRY_REST_MS, successFee: 3_600_000 };
const pauseMs = (o: Obligation): number =>
  Math.min(LONGEST_PAUSE_MS[purposeOf(o)], FIRST_PAUSE_MS * 2 ** Math.min(o.attempt - 1, 20));
/** What failed within the same block and soon after another try is the same bad moment, and counts once. */
const countTry: Keep<'paymentFailed'> = (d, { at }) => {
  const { tries, ...debt } = owed(d);
  const isApart = !tries || at.height > tries.height || at.timeMs >= tries.timeMs + TRY_REST_MS;
  return isApart ? { obligation: { ...debt, tries: { count: (tries?.count ?? 0) + 1, ...at } } } : {};
};
/** A payout never lapses; a fee does, since its agent waits with an open trade. */
const lastTry: Guard = (d) => purposeOf(owed(d)) === 'successFee' && owed(d).attempt >= SUCCESS_FEE_TRIES;
const agentSilent: DeadlineAt = (d) =>
  purposeOf(owed(d)) === 'successFee' && d.nextTryMs !== undefined
    ? { timeMs: unixMs(d.nextTryMs + SUCCESS_FEE_SECONDS * 1000) }
    : undefined;
const keepUnpaid: Keep = (d) => ({
  why: d.why ?? "The agent's success fee could not be paid; it is no longer tried.",
});
const nextTry: DeadlineAt = (d) =>
  d.nextTryMs === undefined
    ? undefined
    : { timeMs: d.nextTryMs, withinMs: LONGEST_PAUSE_MS[purposeOf(owed(d))] };

/**
 * A payer that releases after all is owed nothing, and gives no invoice any more, so nothing can be under way to it (S1, S48);
 * nor does a payer owe a payee that gave up (A11).
 */
const isVoid: Guard = (d) =>
  (d.seat === 'payer' ? d.cancelAsked === true : owed(d).refund === true && d.releaseSigned === true) &&
  !paidLate(d.ledger, purposeOf(owed(d)));
const forget: Keep = () => ({ obligation: undefined, payoutRequest: undefined, nextTryMs: undefined });
const voided = [when(isVoid), to('none'), keep(forget), raise({ kind: 'debtVoided' as const }), 'S20 S48'];

/** An operator declared it failed and its node says "paid": nothing more is paid for it (S1). */
const paidAfterAll: Guard = (d) => paidLate(d.ledger, purposeOf(owed(d)));
const owesNothing: Guard<'owe'> = (d, f) => paidLate(d.ledger, purposeOf(f));
const isPaid = [to('paid'), raise({ kind: 'debtPaid' as const }), 'S1 S3'];

const holdOpen = (d: TradeData): boolean =>
  d.settling !== true && d.ledger.some(({ kind, status }) => kind === 'hold' && status === 'accepted');
/** While the hold is open and stays so, the route must end before A - 24; else up to 288 blocks (S5). */
const room = (d: TradeData, tip: Height): number =>
  Math.min(PAYOUT_CLTV_LIMIT, d.locked && holdOpen(d) ? payoutRoom(d, d.locked.A, tip) : PAYOUT_CLTV_LIMIT);
const payOut: Ask = (d, f) => {
  const { terms } = agreedTerms(d);
  const { hash, request } = known(d.payoutRequest, 'payout request');
  return {
    kind: 'pay',
    purpose: purposeOf(owed(d)),
    attempt: owed(d).attempt,
    request,
    expect: {
      hash,
      amountMsat: invoiceAmount(owed(d)),
      payee: terms[owed(d).to].node,
      leastFinalCltv: blocks(0),
      mostFinalCltv: blocks(144),
    },
    maxFeeMsat: msat(feeLimitMsat(owed(d).amountMsat)),
    // Never 0, which a node would read as "no limit".
    cltvLimit: blocks(Math.max(1, room(d, f.at.height))),
    activeChannels: holdOpen(d) ? (d.heldChannels ?? []) : [],
    refund: owed(d).refund,
  };
};
const rightInvoice: Guard<'freshInvoice'> = (d, f) =>
  f.from === owed(d).to &&
  f.body.attempt === owed(d).attempt &&
  !d.ledger.some((entry) => entry.hash === f.body.hash);
/** Given in another trade: refused to whoever brings it, and forgotten where it came before its time (S12). */
const onUsedHash: Guard<'freshInvoice'> = (_, f) => f.used?.includes(f.body.hash) === true;
const keepInvoice: Keep<'freshInvoice'> = (_, f) => ({
  payoutRequest: { hash: f.body.hash, request: f.body.request },
});
const holdOnChain: Guard<'payRefused'> = (_, f) => f.reason === 'HOLD_ON_CHAIN';
/** The hold leaves less than a payout may ask for; lnd refuses by itself what leaves nothing beyond the final CLTV. */
const noRouteInTime: Guard<'paymentFailed' | 'payRefused'> = (d, f) =>
  (f.reason === 'NO_ROUTE' || f.reason === 'REFUSED_BY_NODE') && room(d, f.at.height) < PAYOUT_CLTV_LIMIT;
/** Settled first, then paid on a longer route; what the hold's end made fail was no try of the creditor's. */
const settleFirst = [
  to('none'),
  keep(nextAttempt),
  raise({ kind: 'debtBlocked', why: 'No route ends before the hold does.' }),
  'S5',
];

export const debt = machine('debt', 'none', {
  none: state({ at: 'rest' }, [
    on('owe', when(owesNothing), keep(keepOwed), ...isPaid),
    on('owe', when(invoiceAtHand), to('recording'), keep(keepHandedOver, keepOwed), ask(record), 'S1 A9'),
    on('owe', to('owed'), keep(keepOwed, askedNow), ask(askForInvoice), 'S12 S45 S56'),
  ]),
  recording: state({ endedBy: 'journal' }, [
    on('recorded', when(paidAfterAll), ...isPaid),
    on('recorded', ...voided),
    on('recorded', to('paying'), ask(payOut), 'S1'),
  ]),
  // Unknown = still in flight: tracked by hash; nothing else is sent (S3).
  paying: state({ until: noWord.until, endedBy: 'node' }, [
    on('paymentPaid', when(ours), to('paid'), raise({ kind: 'debtPaid' }), 'S1 S8'),
    on(
      'payRefused',
      when(ours, holdOnChain),
      to('none'),
      keep(nextAttempt),
      raise({ kind: 'debtBlocked', why: 'A held HTLC went on chain.' }),
      'S54',
    ),
    on('paymentFailed', when(ours, noRouteInTime), ...settleFirst),
    on('payRefused', when(ours, noRouteInTime), ...settleFirst),
    on('paymentFailed', when(ours, lastTry), to('unpaid'), keep(keepUnpaid), 'S3'),
    on('payRefused', when(ours, lastTry), to('unpaid'), keep(keepUnpaid), 'S4'),
    on('paymentFailed', when(ours), to('resting'), keep(countTry, untilNextTry, nextAttempt), 'S1 S3'),
    on('payRefused', when(ours), to('resting'), keep(untilNextTry, nextAttempt), 'S4 A16'),
    noWord.row,
  ]),
  resting: state({ until: { nextTry } }, [
    on('paymentPaid', when(paidAfterAll), ...isPaid),
    due('nextTry', when(paidAfterAll), ...isPaid),
    on('releaseEscrow', ...voided),
    due('nextTry', ...voided),
    on('givenUp', ...voided),
    due('nextTry', to('owed'), ask(askForInvoice), 'S45 S56'),
  ]),
  owed: state({ until: { agentSilent }, endedBy: 'owed' }, [
    on('paymentPaid', when(paidAfterAll), ...isPaid),
    on('releaseEscrow', ...voided),
    on('givenUp', ...voided),
    on(
      'freshInvoice',
      when(onUsedHash),
      refuse(
        'HASH_IN_USE',
        'The payment hash of this invoice was used in another trade before. Nothing was paid.',
        'Give an invoice on a fresh hash.',
      ),
      'S12',
    ),
    on('freshInvoice', when(rightInvoice), to('recording'), keep(keepInvoice), ask(record), 'S1 S2 A16'),
    due('agentSilent', to('unpaid'), keep(keepUnpaid), 'S9'),
  ]),
  paid: state({ at: 'end' }),
  unpaid: state({ at: 'end' }),
});
