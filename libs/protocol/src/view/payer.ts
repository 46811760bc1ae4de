/** The payer's sats in both shapes: protocol.md section 2, "Every shape is named to the user". */
import type { Entries } from './entry.js';
import { entry, nobody, self, theAgent } from './entry.js';
import { roleOf } from '../machine/rows.js';
import type { TradeData } from '../machine/state.js';

const thePayee = (d: TradeData) => roleOf(d, 'payee');
const back = (until: string) => `By themselves they come back at the latest at ${until}.`;

const nothingYet = entry('nothing', nobody, () => 'Nothing of yours has been paid into this trade.');
const unpaid = entry(
  'returned',
  self,
  (_, d) => `Your sats are yours: ${d.why ?? 'the hold never counted.'}`,
);
const refunded = entry('returned', self, () => 'Your sats came back; the trade is refunded.');

export const AGENT_HELD_PAYER: Entries = {
  idle: nothingYet,
  paying: entry(
    'underWay',
    theAgent,
    (until) =>
      `Your payment is on its way to the agent's hold; the agent could take it from the moment it arrives. Without \`locked\` it comes back within the lease, at the latest at ${until}.`,
  ),
  payingElsewhere: entry(
    'underWay',
    theAgent,
    (until) =>
      `The agent's hold invoice waits for your wallet; once you pay, the agent could take the sats. Without \`locked\` they come back after the lease, at the latest at ${until}.`,
  ),
  leaving: entry(
    'returning',
    theAgent,
    (until) => `The hold doesn't count, and the agent is asked to cancel it. ${back(until)}`,
  ),
  secured: entry(
    'held',
    theAgent,
    (until) =>
      `The agent holds your sats and knows the preimage, so it could take them, from hold to payout. Your payment can be locked until ${until}; what is still open shortly before the hold's end is settled into the agent's custody and stays owed.`,
  ),
  refundSaid: entry(
    'returning',
    theAgent,
    (until) => `The agent recorded a refund and returns your sats. ${back(until)}`,
  ),
  releasing: entry(
    'releasing',
    theAgent,
    (until) =>
      `You released: the agent pays the other side and settles your hold. Your payment can be locked until ${until}.`,
  ),
  settledEarly: entry(
    'custody',
    theAgent,
    () =>
      'The agent settled the hold without your release: it has your sats. It does so shortly before the hold ends and then announces custody; until it does, keep "tercet evidence ID".',
  ),
  custody: entry(
    'custody',
    theAgent,
    (until) =>
      `The agent has your sats in its custody until ${until} and owes them to you or to the other side. Release and they go to the other side; with no decision the default of the terms is carried out then.`,
  ),
  releasingCustody: entry(
    'releasing',
    theAgent,
    () => 'You released: the agent pays the other side out of its custody.',
  ),
  released: entry('released', thePayee, () => 'You released, and the sats went to the other side.'),
  refunded,
  unpaid,
};

export const PEER_HELD_PAYER: Entries = {
  idle: nothingYet,
  awaitingInvoice: entry(
    'nothing',
    nobody,
    (until) =>
      `Nothing is paid yet: the other side's hold invoice is on its way. If you pay, your sats can be locked until ${until}.`,
  ),
  paying: entry(
    'underWay',
    thePayee,
    (until) =>
      `Your payment is on its way to the other side's hold; only the agent knows its preimage. Without \`locked\` it comes back by itself soon after the lease, at the latest at ${until}.`,
  ),
  leaving: entry(
    'returning',
    thePayee,
    (until) => `The hold doesn't count, and the other side is told to cancel it. ${back(until)}`,
  ),
  held: entry(
    'held',
    thePayee,
    (until) =>
      `The other side's node holds your payment, and only the agent knows its preimage: the two together could take it, or the agent with a node on the route; you would then hold the proof. ${back(until)}`,
  ),
  refundSaid: entry(
    'returning',
    thePayee,
    (until) =>
      `The agent recorded a refund and told the other side to cancel its hold. If it keeps the hold open, your sats come back by themselves at ${until}.`,
  ),
  releasing: entry(
    'releasing',
    thePayee,
    (until) =>
      `You released: the agent gives the preimage to the other side, which settles. If the hold is gone before that, you owe the price and it is paid by itself; until ${until} your payment can be locked.`,
  ),
  owing: entry(
    'owing',
    self,
    (_, d) =>
      `${d.releaseSigned ? 'You released' : 'Nobody decided, and the terms give the sats to the other side'}, but the hold was gone before it could be settled: your sats are back and you owe the price. It is paid by itself as soon as the other side gives an invoice.`,
  ),
  taken: entry(
    'taken',
    thePayee,
    () =>
      'Your payment was settled without your release. You hold the preimage, which is the proof that you paid: keep "tercet evidence ID". If the fiat has arrived, release and all is well. On a refund an honest other side owes you the price, and its daemon pays it back by itself.',
  ),
  lapsed: entry(
    'returned',
    self,
    () =>
      'The hold ended without a ruling and your sats are back. If the fiat was sent and nobody decides, the default of the terms can still make you owe the price.',
  ),
  defaulting: entry(
    'returned',
    self,
    () =>
      'The hold ended and your sats are back. Nobody decided, and the default of the terms is for the other side: from decide-by on you owe the price, which is then paid by itself.',
  ),
  released: entry('released', thePayee, () => 'You released, and the sats went to the other side.'),
  refunded,
  unpaid,
};
