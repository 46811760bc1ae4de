/** What each shape asks people to trust (protocol.md section 2), in words; shown before anybody signs. */
import type { ShapeName } from '../terms/order.js';

export interface Trust {
  shape: ShapeName;
  /** Whose node issued the hold invoice. */
  host: 'agent' | 'payee';
  /** Who knows its preimage while it is held. */
  keyholder: 'agent';
  /** Who could take the payer's sats. */
  couldTakeTheSats: string;
  /** Who could make the performer give for nothing. */
  couldMakeThePerformerGive: string;
  /** How you would prove it. */
  proof: string;
  /** Until which height the payer's sats can be locked, said before it pays. */
  lockedUntil: string;
  /** What happens when nobody decides. */
  undecided: string;
  goodFor: string;
}

const TRUST: Record<ShapeName, Trust> = {
  AGENT_HELD: {
    shape: 'AGENT_HELD',
    host: 'agent',
    keyholder: 'agent',
    couldTakeTheSats: "The agent could take the payer's sats, from the hold to the payout.",
    couldMakeThePerformerGive: 'The agent could let the performer give for nothing, by not paying out.',
    proof:
      "The agent's signatures are the proof: the terms, `locked` and the acknowledgement, with the payer's preimage that shows the hold was settled.",
    lockedUntil:
      "The payer's sats can be locked until the expiry of its own first hop: at most the height at which it pays, the hold's length and 203 blocks more; with a wallet that can't be read, 2016 blocks.",
    undecided:
      'What is open 24 blocks before the hold ends is settled into the custody of the agent, and stays owed. When custody ends it goes to the default side of the terms.',
    goodFor: 'Any wallet that pays an invoice, phones too.',
  },
  PEER_HELD: {
    shape: 'PEER_HELD',
    host: 'payee',
    keyholder: 'agent',
    couldTakeTheSats:
      "The agent together with the payee, or with a node of its own on the payment's route, could take the payer's sats; neither can alone.",
    couldMakeThePerformerGive:
      'The agent together with the payer could let the performer give for nothing, by withholding the preimage.',
    proof:
      'A payer whose payment was settled without its release holds the preimage and the agent\'s signed "known to me alone". A performer holds the release that the payer signed.',
    lockedUntil:
      "The payer's sats can be locked until the expiry of its own first hop: at most the height at which it pays, the hold's length and 203 blocks more. Nobody can prove that a payee kept a payment locked to spite you.",
    undecided:
      'What is undecided at decide-by goes to the default side of the terms: the payee is given the preimage, or it cancels the hold.',
    goodFor: 'Traders who both run a Lightning node.',
  },
};

/** The row of section 2's table for a shape. */
export const trustOf = (shape: ShapeName): Trust => TRUST[shape];
