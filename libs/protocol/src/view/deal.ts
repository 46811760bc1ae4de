/** Before a hold exists, and what is owed after one: the deal, and the two machines for debts. */
import type { Entries } from './entry.js';
import { entry, nobody, self } from './entry.js';
import type { TradeData } from '../machine/state.js';

const nothing = (text: string) => entry('nothing', nobody, () => text);
const ended = entry(
  'nothing',
  nobody,
  (_, d) => `Nothing was held: ${d.why ?? 'the deal did not come about.'}`,
);
const onlyFee = entry(
  'nothing',
  nobody,
  (_, d) =>
    `Nothing was held, and only the retain fee can have been paid: ${d.why ?? 'the deal did not come about.'}`,
);
const locked = nothing('The deal is made; the escrow says where the sats are.');
const agreed = nothing('All have signed; the hold is being set up.');
const debtor = (d: TradeData) => d.owedBy ?? 'agent';

export const DEAL_MAKER: Entries = {
  new: nothing('Nothing has happened yet.'),
  preparing: nothing('The terms fit; nothing is paid yet.'),
  retaining: nothing(
    'You signed. Nothing is paid before the agent confirms; without that the order is open again.',
  ),
  accepted: nothing('You signed. The other side retains the agent; without that the order is open again.'),
  agreed,
  locked,
  refused: ended,
  lapsed: ended,
};
export const DEAL_TAKER: Entries = {
  new: nothing('Nothing has happened yet.'),
  soliciting: nothing('The agent is asked for terms; nothing is paid yet.'),
  payingFee: entry(
    'underWay',
    self,
    () => 'The retain fee is being paid to the agent; it is not returned. No other sats move.',
  ),
  preparing: nothing('Only the retain fee is paid.'),
  offered: nothing('You signed; only the retain fee is paid. The maker answers, or the deal ends by itself.'),
  accepted: nothing(
    'The maker accepted; only the retain fee is paid. Without the agent the deal ends by itself.',
  ),
  retaining: nothing(
    'The agent is being retained; only the retain fee is paid. Without its answer the deal ends by itself.',
  ),
  agreed,
  locked,
  refused: onlyFee,
  abandoned: onlyFee,
  lapsed: onlyFee,
};
export const DEAL_AGENT: Entries = {
  new: nothing('Nothing has happened yet.'),
  pricing: nothing('Your node makes the invoice for the retain fee.'),
  offered: nothing('Terms are offered; the retain fee is not paid yet.'),
  awaitingFee: nothing('All have signed; the retain fee is still to come.'),
  feePaid: nothing('The retain fee is paid; the signatures are still to come.'),
  hosting: nothing('All have signed; the hold, or its hash, is being made.'),
  agreed,
  locked,
  refused: ended,
  lapsed: ended,
};

const owes = (what: string) =>
  entry(
    'owing',
    self,
    (_, d) => `You owe the ${d.obligation?.to ?? 'other side'} sats: ${d.obligation?.why ?? ''} ${what}`,
  );
export const DEBT: Entries = {
  none: nothing('You owe nothing.'),
  recording: owes('The payment is being written down before it is sent.'),
  paying: owes('The payment is under way; nothing else is sent until the node says what became of it.'),
  resting: owes('The last payment failed; after a pause it is tried again on a fresh invoice.'),
  owed: owes('A fresh invoice is asked for; it never lapses.'),
  paid: nothing('What you owed is paid.'),
  unpaid: nothing("The agent's success fee could not be paid, and is no longer tried."),
};
export const CLAIM: Entries = {
  none: nothing('Nobody owes you anything.'),
  first: nothing('Your node makes the payout invoice.'),
  waiting: entry('owed', debtor, () => 'Your invoice is open; what is owed to you is paid on it.'),
  making: entry('owed', debtor, () => 'You are owed sats, and your node makes a fresh invoice for them.'),
  paid: entry('released', self, () => 'What was owed to you has arrived.'),
  voided: nothing('Nothing is coming on your payout invoice any more.'),
  unpaid: nothing('The success fee was not paid, and your invoice for it has run out.'),
};
