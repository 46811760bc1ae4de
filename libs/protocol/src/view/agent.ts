/** What an agent has in hand for others, in both shapes. */
import type { Entries } from './entry.js';
import { entry, nobody, self } from './entry.js';
import { roleOf } from '../machine/rows.js';
import type { TradeData } from '../machine/state.js';

const thePayer = (d: TradeData) => roleOf(d, 'payer');
const thePayee = (d: TradeData) => roleOf(d, 'payee');

const nothingYet = entry('nothing', nobody, () => 'Nothing is held for this trade yet.');

export const AGENT_HELD_AGENT: Entries = {
  idle: nothingYet,
  creating: entry('nothing', nobody, () => 'Your node makes the hold invoice.'),
  created: entry('nothing', nobody, () => 'The hold invoice is ready; it is handed over with `retained`.'),
  open: entry('nothing', nobody, () => 'The hold invoice waits for the payer until the lease ends.'),
  unlocking: entry('returning', self, () => 'The hold never counted; your node returns what it received.'),
  held: entry(
    'held',
    self,
    (until) =>
      `You hold the payer's sats and know the preimage. What is open 24 blocks before ${until} is settled into your custody by itself.`,
  ),
  payingFirst: entry(
    'releasing',
    self,
    (until) => `Released: you pay the payee first and settle then, at the latest 24 blocks before ${until}.`,
  ),
  settlingPaid: entry('releasing', self, () => 'The payee is paid, and your node settles the hold.'),
  settlingUnpaid: entry(
    'owing',
    self,
    () =>
      'The hold is settled before the payout is known to have arrived; it is tracked, and stays owed until paid.',
  ),
  settlingFirst: entry(
    'owing',
    self,
    () => 'Released: your node settles the hold first; the payout is owed.',
  ),
  owing: entry(
    'owing',
    self,
    () => 'The hold is over and the payee is owed its payout; it is paid by itself.',
  ),
  takingCustody: entry('custody', self, () => 'Your node settles the hold into your custody.'),
  custody: entry(
    'custody',
    self,
    (until) =>
      `You have the escrow in custody until ${until}; then it goes to the default side of the terms.`,
  ),
  refundingFromCustody: entry(
    'owing',
    self,
    () => 'Refunded while the hold was being settled: the payer is owed the whole escrow.',
  ),
  lostPerformed: entry('owing', self, (_, d) =>
    d.fiatSent === true
      ? 'Your node lost the hold after the fiat was reported: the payer has its sats back. On release, or by the default of the terms at decide-by, you owe the payee its payout.'
      : 'Your node lost the hold while the fiat could be paid: the payer has its sats back. If the payee reports the payment in the grace that began when you were back, you owe it its payout.',
  ),
  repaying: entry('owing', self, () => 'The payer is owed the whole escrow; it is paid by itself.'),
  refunding: entry('returning', self, () => 'Refunded: your node cancels the hold.'),
  released: entry('released', thePayee, () => 'The payee has its payout, and the hold is settled.'),
  refunded: entry('returned', thePayer, () => 'The payer has its sats back.'),
  unlocked: entry('returned', thePayer, () => 'The hold never counted; nothing is left of it.'),
  lost: entry(
    'returned',
    thePayer,
    () => 'The node cancelled the hold by itself, so the sats went back to the payer.',
  ),
};

export const PEER_HELD_AGENT: Entries = {
  idle: nothingYet,
  drawn: entry('nothing', nobody, () => 'The hash is drawn, and you alone know its preimage.'),
  waiting: entry(
    'nothing',
    nobody,
    () => 'Payer and payee set up the hold; without `locked` it ends with the lease.',
  ),
  held: entry(
    'held',
    thePayee,
    (until) =>
      `The payee's node holds the payer's sats, and you alone know the preimage. At ${until} the hold is over, and you disclose nothing from then on.`,
  ),
  lostPerformed: entry(
    'returned',
    thePayer,
    () =>
      'The hold is gone after the fiat was reported, and the payer has its sats back. On release, or by the default of the terms at decide-by, the payer owes the price.',
  ),
  pricing: entry(
    'releasing',
    thePayee,
    () => 'Released: the preimage goes to the payee with the invoice for your fee.',
  ),
  disclosed: entry(
    'releasing',
    thePayee,
    () => 'Released: the payee has been sent the preimage and settles.',
  ),
  refunding: entry('returning', thePayee, () => 'Refunded: the payee is told to cancel its hold.'),
  released: entry('released', thePayee, () => 'The payee settled; the sats are its own.'),
  owedByPayer: entry(
    'owed',
    thePayer,
    () =>
      'Released, but the hold was gone before it was settled: the payer owes the payee. Nothing is owed by you.',
  ),
  refunded: entry('returned', thePayer, () => 'The payer has its sats back, as the payee says.'),
  lapsed: entry('returned', thePayer, () => 'The hold was not locked within the lease; it never counted.'),
};
