/**
 * An operator declared a payment failed, and the node says "paid" later. The account book then says what is true, nothing more is
 * paid for it (S1), and it is told: with a second payment made meanwhile its receiver has the sum twice.
 */
import type { DebtPurpose } from './facts.js';
import type { LateAlarm, LedgerEntry, Purpose } from './state.js';

/** Each with what it means, for the person whose trade it is. */
export const LATE_ALARMS: Record<LateAlarm, string> = {
  paidAfterAll:
    'A payment that was declared failed by hand has been paid after all. It is booked as paid, and nothing more is paid for it.',
  paidTwice:
    'A payment that was declared failed by hand has been paid after all, and a second one for the same purpose was paid, or is under way: the receiver has, or gets, the sum twice. Nothing more is paid. Ask it to give one back; "tercet evidence ID" holds both payments.',
};

const isLate = ({ declared, status }: LedgerEntry): boolean => declared === true && status === 'paid';
/** A price whose hold was lost is owed as a payout (S56): both are the price. */
const serves = (paid: Purpose, purpose: Purpose): boolean =>
  paid === purpose ||
  (paid === 'escrow' && purpose === 'payout') ||
  (paid === 'payout' && purpose === 'escrow');

const alarmOf = (ledger: LedgerEntry[], late: LedgerEntry): LateAlarm => {
  const isSecond = (other: LedgerEntry): boolean =>
    other !== late &&
    other.kind === 'payment' &&
    serves(late.purpose, other.purpose) &&
    (other.status === 'paid' || other.status === 'live');
  return ledger.some(isSecond) ? 'paidTwice' : 'paidAfterAll';
};

/** What there is to be told of a book, each once. */
export const lateAlarms = (ledger: LedgerEntry[]): LateAlarm[] => [
  ...new Set(ledger.filter(isLate).map((entry) => alarmOf(ledger, entry))),
];

/** What is new in a book: the node has just said that it was paid after all. */
export const newlyLate = (before: LedgerEntry[], after: LedgerEntry[]): LateAlarm[] =>
  after
    .filter((entry, index) => isLate(entry) && before[index]?.status !== 'paid')
    .map((entry) => alarmOf(after, entry));

/** What is owed for this was paid by a payment that nobody counted on any more. */
export const paidLate = (ledger: LedgerEntry[], purpose: DebtPurpose): boolean =>
  ledger.some((entry) => isLate(entry) && serves(entry.purpose, purpose));
