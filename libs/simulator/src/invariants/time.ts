/** Statements of heights: what must have happened by when, and what must not happen any more. */
import { brokenBounds } from '@tercet/protocol';
import { PARTIES } from '../world/scene.js';
import type { Check, Invariant } from './invariant.js';

const resolvedInTime: Check = ({ sight, world }) => {
  const { host } = sight;
  const locked = sight.data(host)?.locked;
  if (!locked || !world.isHonest(host)) return undefined;
  const end = host === 'agent' ? locked.A - sight.party(host).node.lagBlocks - MARGIN : locked.A;
  const waits = world.height >= end && sight.in(host, 'escrow', 'held') && sight.hold.state === 'accepted';
  return sight.lasts('held beyond its end', host, waits)
    ? `the ${host} still holds at A - ${locked.A - world.height}`
    : undefined;
};
/** The agent settles what is open at A - 24. */
const MARGIN = 24;

const notRevealedLate: Check = ({ sight, letters }) => {
  for (const { from, body, sentHeight, honest } of letters) {
    const A = sight.data('agent')?.locked?.A;
    if (honest && from === 'agent' && body.type === 'preimage' && A !== undefined && sentHeight >= A)
      return `the agent disclosed the preimage at A + ${sentHeight - A}`;
  }
  return undefined;
};

const feasible: Check = ({ step, world }) => {
  const data = step?.change.trade.state.data;
  if (!step || !data?.locked || !data.terms || !world.isHonest(step.party.role)) return undefined;
  const broken = brokenBounds(data.terms.shape, data.locked, data.terms.windows, data.limits.margins);
  return broken.length === 0
    ? undefined
    : `${step.party.role} has locked though ${broken.join(', ')} is broken`;
};

/** Both E are one: whoever has locked has locked the same. */
const sameForAll: Check = ({ sight, world }) => {
  const texts = PARTIES.filter((role) => world.isHonest(role, 'agent')).flatMap((role) => {
    const locked = sight.data(role)?.locked;
    return locked ? [JSON.stringify(locked)] : [];
  });
  return new Set(texts).size <= 1 ? undefined : 'the parties have locked different heights';
};

const noRefundWhilePerforming: Check = ({ step, sight, world }) => {
  if (step?.party.role !== 'agent' || !world.isHonest('agent')) return undefined;
  const { machines, data } = step.change.trade.state;
  const began = machines.engine === 'refunding' && step.before?.state.machines.engine !== 'refunding';
  if (!began || data.performingUntil === undefined) return undefined;
  if (step.change.fact.at.height >= data.performingUntil + GRACE) return undefined;
  const cancelled = sight.trade.letters.some(
    ({ from, to, body }) => from === sight.payee && to === 'agent' && body.type === 'cancelRequest',
  );
  return cancelled ? undefined : 'a refund began inside the acknowledged window';
};
const GRACE = 36;

/** What was sent while the agent was away lies in an outbox: it listens for a whole grace before silence counts. */
const noRefundUnheard: Check = ({ step, sight, world }) => {
  if (step?.party.role !== 'agent' || !world.isHonest('agent')) return undefined;
  const { fact } = step.change;
  if (fact.kind !== 'due' || fact.name !== 'engine.graceEnd') return undefined;
  const { machines, data } = step.change.trade.state;
  const listensFrom = Math.max(data.performingUntil ?? 0, fact.at.height - GRACE) + 1;
  return machines.engine !== 'performing' && sight.wasSilent('agent', listensFrom, fact.at.height)
    ? 'a refund by silence began before the agent had listened for a whole grace'
    : undefined;
};

const owedIsSettled: Check = ({ sight, world }) => {
  if (!sight.isAgentHeld || !world.isHonest('agent')) return undefined;
  const locked = sight.data('agent')?.locked;
  if (!locked || sight.hold.state !== 'cancelled') return undefined;
  const owed = sight.in(
    'agent',
    'escrow',
    'payingFirst',
    'settlingPaid',
    'settlingUnpaid',
    'settlingFirst',
    'owing',
    'takingCustody',
    'custody',
    'repaying',
  );
  return owed && !sight.wasAway('agent', locked.A - MARGIN - SLACK, locked.A + SLACK)
    ? `the hold was cancelled though it was owed (${sight.machine('agent', 'escrow') ?? ''})`
    : undefined;
};
const SLACK = 8;

const shownHeightIsTrue: Check = ({ sight, world }) => {
  const { payer } = sight;
  const data = sight.data(payer);
  if (data?.lockedUntil === undefined || data.escrowHash === undefined) return undefined;
  const late =
    world.height > data.lockedUntil + CONFIRMED && sight.payment(payer, data.escrowHash).state === 'inFlight';
  return sight.lasts('locked beyond the height shown', payer, late)
    ? `the payer still waits at height ${world.height}, beyond ${data.lockedUntil}`
    : undefined;
};
const CONFIRMED = 8;

const hostIsFree: Check = ({ sight, world }) => {
  const { host } = sight;
  const leaseEnd = sight.data(host)?.leaseEnd;
  if (leaseEnd === undefined || !world.isHonest(host)) return undefined;
  const waits =
    world.height > leaseEnd + 2 && sight.data(host)?.locked === undefined && sight.hold.state === 'accepted';
  return sight.lasts('held without locked', host, waits)
    ? `the ${host} holds without locked after the lease`
    : undefined;
};

const lockedOnce: Check = ({ world, sight, letters }) => {
  if (!letters.some(({ body }) => body.type === 'locked') || !world.isHonest('agent')) return undefined;
  const texts = sight.trade.letters.flatMap(({ from, body, honest }) =>
    honest && from === 'agent' && body.type === 'locked' ? [JSON.stringify(body)] : [],
  );
  return new Set(texts).size <= 1 ? undefined : 'the agent has locked twice';
};

export const TIME: readonly Invariant[] = [
  { number: 'S14', title: 'a hold is resolved before its end', when: 'always', check: resolvedInTime },
  { number: 'S16', title: 'no preimage is disclosed from A on', when: 'always', check: notRevealedLate },
  { number: 'S45', title: 'what is owed never lapses', when: 'always', check: owedIsSettled },
  {
    number: 'S47',
    title: 'no refund inside an acknowledged window',
    when: 'step',
    check: noRefundWhilePerforming,
  },
  {
    number: 'S47',
    title: 'nobody is silent to an agent that was away',
    when: 'step',
    check: noRefundUnheard,
  },
  { number: 'S49', title: 'feasible when locked', when: 'step', check: feasible },
  { number: 'S49', title: 'all have locked the same', when: 'step', check: sameForAll },
  { number: 'S52', title: 'the height shown to the payer is true', when: 'always', check: shownHeightIsTrue },
  { number: 'S58', title: 'one locked per terms', when: 'always', check: lockedOnce },
  { number: 'S58', title: 'a host without locked is free', when: 'always', check: hostIsFree },
];
