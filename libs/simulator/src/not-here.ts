/** Rows that no schedule can take, and why: they are kept by tests of their tables. By name, as coverage prints them. */

const DEFAULT_IS_PAYEE =
  'agents write "payee" as the default for what is undecided, and what was not performed is refunded before';
const BOOKED = 'the book says "accepted" by then, so that the word changes nothing (S21)';
const NO_WAY_BACK = 'once released, no row of its escrow gives back';
const OWN_ORDER =
  'its escrow says released only after this engine has released, or after decide-by has moved it on';
const NO_OPERATOR = 'nobody here declares by hand that a payment failed';

export const NOT_HERE: Readonly<Record<string, string>> = {
  'fiat.agent.locked: released (A9)': OWN_ORDER,
  'fiat.agent.performing: released (A9)': OWN_ORDER,
  'fiat.agent.performed: released (A9)': OWN_ORDER,
  'fiat.agent.performed: refunded (S9)':
    'what was performed is given back by decide-by or a cancel, which move it on first',
  'fiat.agent.undecided: refunded (S9)': DEFAULT_IS_PAYEE,
  'fiat.agent.releasing: refunded (S9)': NO_WAY_BACK,
  'AGENT_HELD.agent.refunding: holdAccepted (S8)': BOOKED,
  'AGENT_HELD.agent.lostPerformed: due decideBy #3 (S56)': DEFAULT_IS_PAYEE,
  'AGENT_HELD.agent.custody: due custodyEnd #3 (S45)': DEFAULT_IS_PAYEE,
  'PEER_HELD.payee.refunding: holdAccepted (S8)': BOOKED,
  'PEER_HELD.agent.held: undecided #2 (S45)': DEFAULT_IS_PAYEE,
  'PEER_HELD.agent.held: due holdOver #2 (S34 S56)':
    'decide-by comes 36 blocks before A, and what is due is done in its order',
  'PEER_HELD.agent.lostPerformed: due decideBy #2 (S56)': DEFAULT_IS_PAYEE,
  'debt.none: owe #1 (S1 S3)': NO_OPERATOR,
  'debt.recording: recorded #1 (S1 S3)': NO_OPERATOR,
  'debt.resting: paymentPaid (S1 S3)': NO_OPERATOR,
  'debt.resting: due nextTry #1 (S1 S3)': NO_OPERATOR,
  'debt.owed: paymentPaid (S1 S3)': NO_OPERATOR,
};
