/**
 * Waits without a deadline of their own: each names who ends it, and here stands why that is enough. Where sats are held
 * or under way it comes down to a height in every case: a deadline of another machine, or the CLTV that the own node keeps.
 */
export const BOUNDS = {
  start: 'Nothing has begun here: the first fact leaves this state.',
  step: 'It is left in the very step that enters it.',
  node: 'The own node answers: what it was asked is tried until it does, what is open there is looked up every minute. Sats under way or in a hold are bounded by their CLTV, in blocks.',
  journal: 'The own journal writes down what is to be paid; nobody else is waited for.',
  deal: 'The deal of the same trade has the deadline.',
  escrow: 'The escrow of the same trade has the deadline.',
  debt: 'The debt of the same trade is paid, and tried again until it is.',
  claim: 'The own invoice for the payout is being made.',
  agent:
    'The agent rules, pays or returns by its own deadlines. What it took in it owes, and that never lapses; its silence beyond the end of custody is told.',
  owed: 'What is owed never lapses: it is asked for, and paid on a fresh invoice, as long as it is owed.',
  proof:
    'Nothing of this party is locked any more. It holds the proof, and a late release, ruling or repayment is still taken.',
} as const;
export type Bound = keyof typeof BOUNDS;
