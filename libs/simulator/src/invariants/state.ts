/** Statements of how a trade may move, whatever it is about. */
import { isMessage, partyOf, type MachineName } from '@tercet/protocol';
import type { Check, Invariant } from './invariant.js';

const MACHINES: readonly MachineName[] = ['deal', 'engine', 'escrow', 'debt', 'claim'];

const oneByOne: Check = ({ step }) => {
  if (!step?.before) return undefined;
  const [before, after] = [step.before.sequence, step.change.trade.sequence];
  return after > before ? undefined : `${step.party.role} went from step ${before} to ${after}`;
};

const endsStay: Check = ({ step }) => {
  if (!step?.before) return undefined;
  const { state } = step.before;
  const party = partyOf(state.data);
  for (const name of MACHINES) {
    const from = state.machines[name];
    const to = step.change.trade.state.machines[name];
    if (party[name].states[from]?.at === 'end' && to !== from)
      return `${step.party.role} left ${name}.${from} for ${to}`;
  }
  return undefined;
};

const eachOnce: Check = ({ step, sight }) => {
  const fact = step?.change.fact;
  if (!step || !fact || !isMessage(fact)) return undefined;
  const name = `${step.party.role}/${step.change.trade.tradeId}/${fact.envelopeId}`;
  if (sight.seenEnvelopes.has(name)) return `${step.party.role} took ${fact.kind} twice`;
  sight.seenEnvelopes.add(name);
  return undefined;
};

export const STATE: readonly Invariant[] = [
  { number: 'S19', title: 'steps are one after another', when: 'step', check: oneByOne },
  { number: 'S20', title: 'nothing leaves an end', when: 'step', check: endsStay },
  { number: 'S21', title: 'each message applies once', when: 'step', check: eachOnce },
];
