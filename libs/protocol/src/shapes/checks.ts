/** What every shape checks of a hold before it counts (S13, S49, S55). */
import type { Fact } from '../machine/facts.js';
import { agreedTerms, known } from '../machine/state.js';
import type { TradeData } from '../machine/state.js';
import type { Guard } from '../machine/table.js';
import type { LockedHeights, Margins } from '../terms/windows.js';
import { brokenBounds, LOCK_OVERDUE, lockedHeights, TIP_SLACK } from '../terms/windows.js';
import type { BodyOf } from '../messages/bodies.js';
import type { Height } from '../units.js';
import { above } from '../units.js';

type Accepted = Fact<'holdAccepted'>;

/** E: the smallest expiry; h: the lowest accept height of the held HTLCs. */
export const expiryOf = (f: Accepted): Height =>
  Math.min(...f.htlcs.map((htlc) => htlc.expiryHeight)) as Height;
export const acceptHeightOf = (f: Accepted): Height =>
  Math.min(...f.htlcs.map((htlc) => htlc.acceptHeight)) as Height;

export const heightsOf = (d: TradeData, f: Accepted): LockedHeights =>
  lockedHeights(acceptHeightOf(f), expiryOf(f), agreedTerms(d).terms.windows);

/** Why a hold is cancelled at once; undefined = it counts. In words, since the payer is told. */
export function faultOf(d: TradeData, f: Accepted): string | undefined {
  const { terms } = agreedTerms(d);
  if (f.receivedMsat !== terms.priceMsat) {
    return `The hold brought ${f.receivedMsat.toString()} msat instead of ${terms.priceMsat.toString()}.`;
  }
  if (f.htlcs.some((htlc) => htlc.amountMsat < terms.smallestPriceMsat)) {
    return 'A part of the payment is below the smallest price; a forced close would burn it.';
  }
  const lastLock = above(known(d.leaseEnd, 'lease end'), -1 * TIP_SLACK);
  if (acceptHeightOf(f) > lastLock) return 'The payment came after the lease.';
  // Our daemon was away meanwhile: `locked` would come when others have given up waiting for it (S58).
  if (f.at.height > lastLock) return 'The payment was seen too late to be locked within the lease.';
  const broken = brokenBounds(terms.shape, heightsOf(d, f), terms.windows, d.limits.margins);
  return broken.length === 0 ? undefined : `The window is too short: ${broken.join(', ')}.`;
}

/** S13, S49, S55 and the lease: the hold may count. */
export const holdFits: Guard<'holdAccepted'> = (d, f) => faultOf(d, f) === undefined;

/** Our node has cancelled it before we knew that it was made: we were away, and its time to be paid ran out. */
export const holdGone: Guard = (d) =>
  d.ledger.some(
    ({ kind, hash, status }) => kind === 'hold' && hash === d.escrowHash && status === 'cancelled',
  );
/** What both signed for what is undecided: the payee's, where it said that it sent, and has not given up. */
export const defaultIsPayee = (d: TradeData): boolean =>
  d.terms?.defaults.undecided === 'payee' && d.fiatSent === true && d.cancelAsked !== true;
/** The payer's own signature: it owes what the hold doesn't bring any more, unless we gave it up ourselves. */
export const releasedByPayer = (d: TradeData): boolean => d.releaseSigned === true && d.cancelAsked !== true;
export const forPayer: Guard<'ruling'> = (_, f) => f.body.for === 'payer';
/** What is owed to us has arrived: nothing will tell of it again. */
export const paidAlready: Guard = (d) =>
  d.ledger.some(
    ({ kind, purpose, status }) => kind === 'invoice' && purpose === 'payout' && status === 'settled',
  );

/** A trader checks what the agent's `locked` says against the terms it signed (S49), h within 2 blocks of its own tip or earlier. */
export const lockedFits: Guard<'locked'> = (d, f) => {
  const { terms } = agreedTerms(d);
  const said: LockedHeights = f.body;
  const computed = lockedHeights(said.h, said.E, terms.windows);
  return (
    f.body.hash === d.escrowHash &&
    said.A === computed.A &&
    said.performBy === computed.performBy &&
    said.answerBy === computed.answerBy &&
    said.decideBy === computed.decideBy &&
    said.h <= f.at.height + TIP_SLACK &&
    said.h <= known(d.leaseEnd, 'lease end') &&
    brokenBounds(terms.shape, said, terms.windows, d.limits.margins).length === 0
  );
};

export const heightsIn = (b: BodyOf<'locked'>): LockedHeights => ({
  h: b.h,
  E: b.E,
  A: b.A,
  performBy: b.performBy,
  answerBy: b.answerBy,
  decideBy: b.decideBy,
});

export const lockedBody = (hash: BodyOf<'locked'>['hash'], at: LockedHeights): BodyOf<'locked'> => ({
  type: 'locked',
  hash,
  ...at,
});

/** Heights counted back from A. */
const beforeEnd =
  (blocksBefore: (margins: Margins) => number) =>
  (d: TradeData): { height: Height } | undefined =>
    d.locked ? { height: above(d.locked.A, -blocksBefore(d.limits.margins)) } : undefined;
export const forcedSettle = beforeEnd((margins) => margins.forcedSettle);
/** From here no payout can start before the hold's end any more (S5). */
export const payoutTooLate = beforeEnd((margins) => margins.payoutStart - 1);
export const holdOver = beforeEnd(() => 0);
export const leaseOver = (d: TradeData): { height: Height } | undefined =>
  d.leaseEnd === undefined ? undefined : { height: d.leaseEnd };
/** A host without `locked` is free here (S58). */
export const hostFree = (d: TradeData): { height: Height } | undefined =>
  d.leaseEnd === undefined ? undefined : { height: above(d.leaseEnd, TIP_SLACK) };
/** A trader that waits for `locked` gives up here: the message may be late by an outage of the agent, the hold isn't. */
export const lockOverdue = (d: TradeData): { height: Height } | undefined =>
  d.leaseEnd === undefined ? undefined : { height: above(d.leaseEnd, LOCK_OVERDUE) };
