/** What the payee has in hand, is owed or can lose, in both shapes. */
import type { Entries } from './entry.js';
import { entry, nobody, self, theAgent } from './entry.js';
import { roleOf } from '../machine/rows.js';
import type { TradeData } from '../machine/state.js';

const thePayer = (d: TradeData) => roleOf(d, 'payer');

const nothingYet = entry('nothing', nobody, () => 'Nothing is held for you yet. Do not perform.');
const refunded = entry(
  'returned',
  thePayer,
  () => 'The sats went back to the other side; nothing is owed to you.',
);
const notLocked = entry(
  'returned',
  thePayer,
  (_, d) =>
    `The hold never counted, and nothing of yours was in it: ${d.why ?? 'it was not locked in time.'}`,
);
const released = entry('released', self, () => 'The sats are yours.');

export const AGENT_HELD_PAYEE: Entries = {
  idle: nothingYet,
  waiting: entry(
    'nothing',
    nobody,
    () => "The other side pays the agent's hold. Nothing counts before `locked`: do not perform.",
  ),
  secured: entry(
    'held',
    theAgent,
    (until) =>
      `The agent holds the price for you and the other side; it could keep it, from hold to payout. On release it pays your invoice; what is open shortly before ${until} is settled into its custody and stays owed.`,
  ),
  custody: entry(
    'custody',
    theAgent,
    (until) =>
      `The agent has the price in its custody until ${until} and owes it to you or to the other side. With no decision until then the default of the terms is carried out.`,
  ),
  released,
  refunded,
  over: notLocked,
};

export const PEER_HELD_PAYEE: Entries = {
  idle: nothingYet,
  hosting: entry(
    'nothing',
    nobody,
    () => 'Your node makes the hold invoice. Nothing is held yet: do not perform.',
  ),
  open: entry(
    'nothing',
    nobody,
    () => 'Your hold invoice waits for the other side. Nothing counts before `locked`: do not perform.',
  ),
  accepted: entry(
    'underWay',
    self,
    () =>
      "Your node holds the other side's payment, but it doesn't count before `locked`: do not perform. Without `locked` your node returns it by itself soon after the lease.",
  ),
  unlocking: entry(
    'returning',
    self,
    () => 'Your node returns the payment to the other side; it never counted.',
  ),
  held: entry(
    'held',
    self,
    (until) =>
      `Your own node holds the other side's payment; you can't take it without the preimage, which only the agent knows. The agent with the other side could withhold it: their release is then your proof. At ${until} the hold is over.`,
  ),
  settling: entry(
    'releasing',
    self,
    (until) => `The preimage is here, and your node settles the payment; it has time until ${until}.`,
  ),
  unreleased: entry(
    'owing',
    self,
    (_, d) =>
      `The agent gave the preimage without the other side's release, and your node settled the payment: you have the sats and owe them. They are yours once the other side releases or the trade is decided for you; on a refund your daemon pays them back by itself. Undecided at height ${String(d.locked?.A)}, the default of the terms holds.`,
  ),
  repaying: entry(
    'owing',
    self,
    () =>
      "Your node settled the payment without the other side's release, and the trade is refunded: your daemon pays it back on an invoice of the other side.",
  ),
  lapsing: entry(
    'returning',
    self,
    () =>
      'It was released, but the preimage did not come before the hold was over: your node returns the payment, and the other side owes you the price. Its daemon asks yours for an invoice and pays it.',
  ),
  unpaid: entry(
    'owed',
    thePayer,
    () =>
      'It was released, but the hold was gone before it could be settled. The other side owes you the price; its daemon asks yours for an invoice and pays it.',
  ),
  refunding: entry('returning', self, () => 'Your node returns the payment to the other side.'),
  released,
  refunded,
  unlocked: notLocked,
};
