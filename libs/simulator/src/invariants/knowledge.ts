/** Who may know the preimage, and what knowing it proves. */
import type { Check, Invariant } from './invariant.js';

const keyholderOnly: Check = ({ sight, world, letters }) => {
  if (sight.isAgentHeld || !world.isHonest('agent')) return undefined;
  const given = letters.some(
    ({ from, body, honest }) => honest && from === 'agent' && body.type === 'preimage',
  );
  if (
    given &&
    sight.in('agent', 'escrow', 'waiting', 'held', 'refunding', 'refunded', 'lapsed') &&
    !sight.data('agent')?.releaseSigned
  )
    return `the agent gave the preimage away as ${sight.machine('agent', 'escrow') ?? 'nobody'}`;
  return undefined;
};

const notToThePayer: Check = ({ sight, letters }) => {
  if (letters.some(({ to, body, honest }) => honest && to === sight.payer && body.type === 'preimage'))
    return 'the preimage was sent to the payer';
  return sight.data(sight.payer)?.preimage === undefined ? undefined : 'the payer was given the preimage';
};

/** What our own node says was taken from us is noticed, and shown. */
const noticed: Check = ({ sight, world }) => {
  const { payer } = sight;
  const data = sight.data(payer);
  if (data?.escrowHash === undefined || !world.isHonest(payer)) return undefined;
  const isTaken =
    sight.party(payer).node.payments.state(data.escrowHash).state === 'paid' &&
    sight.in(payer, 'escrow', 'paying', 'secured', 'held', 'leaving');
  return sight.lasts('taken and not noticed', payer, isTaken)
    ? 'the payer has not noticed that its hold was settled'
    : undefined;
};

/** Heights once passed stay passed, whatever a reorg does. */
const DEEPEST_REORG = 6;
/**
 * What an honest payee's node has settled is its own by the payer's release, the agent's decision, or, undecided at A, by
 * the default of the terms; or the payer has paid it since on an invoice.
 */
const keptByRight: Check = ({ sight, world }) => {
  const { payee } = sight;
  const data = sight.data(payee);
  if (sight.isAgentHeld || !data || !world.isHonest(payee)) return undefined;
  if (sight.hold.state !== 'settled' || !sight.in(payee, 'escrow', 'released')) return undefined;
  const isDecided = data.releaseSigned === true || data.decided === 'payee';
  const end = data.locked === undefined ? undefined : data.locked.A - DEEPEST_REORG;
  const atEnd = data.fiatSent === true && end !== undefined && world.height >= end;
  return isDecided || atEnd ? undefined : 'the payee keeps what nobody released or decided for it';
};

export const KNOWLEDGE: readonly Invariant[] = [
  {
    number: 'S34',
    title: 'only the keyholder knows the preimage while it is held',
    when: 'always',
    check: keyholderOnly,
  },
  { number: 'S48', title: 'a payment that was taken is noticed', when: 'always', check: noticed },
  {
    number: 'S48',
    title: 'what was settled without a release is kept by right only',
    when: 'always',
    check: keptByRight,
  },
  {
    number: 'S60',
    title: 'no message of ours gives the preimage to the payer',
    when: 'always',
    check: notToThePayer,
  },
];
