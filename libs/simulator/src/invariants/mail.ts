/**
 * S26: a message is acknowledged only after it is stored, and forgotten only after it is acknowledged. S31: what was written to
 * one party counts at no other, where it would use up the number of the sender's own message.
 */
import { PARTIES } from '../world/scene.js';
import type { Check, Invariant } from './invariant.js';

/** The view of a party is what its last commit has written. */
const storedBeforeReceipt: Check = ({ world, sight, receipts }) => {
  for (const { from, to, sequence, answer } of receipts) {
    if (answer === 'refused' || !world.isHonest(to)) continue;
    const stored = sight.trade.view(to)?.state.data.received[from] ?? 0;
    if (stored < sequence)
      return `the ${to} has acknowledged message ${sequence} of the ${from}, and stored ${stored}`;
  }
  return undefined;
};

/** What somebody counts as sent has arrived, unless its addressee has refused one. */
const nothingForgotten: Check = ({ world, sight: { trade } }) => {
  if (!world.isHonest(...PARTIES) || world.parties.all.some(({ isGone }) => isGone)) return undefined;
  for (const from of PARTIES) {
    for (const to of PARTIES) {
      const sent = trade.view(from)?.state.data.sent[to] ?? 0;
      const got = trade.view(to)?.state.data.received[from] ?? 0;
      const refused = trade.receipts.some(
        (one) => one.from === from && one.to === to && one.answer === 'refused',
      );
      if (got < sent && !refused)
        return `the ${from} has sent ${sent} messages to the ${to}, which has ${got}`;
    }
  }
  return undefined;
};

/** Whoever delivers it: under an honest sender's number only what that sender wrote to this party is taken in. */
const writtenToUs: Check = ({ step, world, sight: { trade } }) => {
  if (!step || !('envelopeId' in step.change.fact)) return undefined;
  const { from, envelopeId, kind } = step.change.fact;
  const to = step.party.role;
  if (!world.isHonest(from, to)) return undefined;
  const isOurs = trade.letters.some(
    (letter) =>
      letter.envelope.id === envelopeId && letter.to === to && letter.from === from && letter.honest,
  );
  return isOurs ? undefined : `the ${to} took in ${kind}, which the ${from} had written to somebody else`;
};

export const MAIL: readonly Invariant[] = [
  { number: 'S26', title: 'stored, then acknowledged', when: 'always', check: storedBeforeReceipt },
  {
    number: 'S31',
    title: 'nothing counts that was written to somebody else',
    when: 'step',
    check: writtenToUs,
  },
  { number: 'S26', title: 'what was sent has arrived', when: 'end', check: nothingForgotten },
];
