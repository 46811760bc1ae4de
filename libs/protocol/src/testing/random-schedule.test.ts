import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { feeLimitMsat } from '../deal/limits.js';
import { isTerminal } from '../machine/rest.js';
import { ROLES } from '../messages/bodies.js';
import { partyOf } from '../parties.js';
import { RandomSchedule } from './random-schedule.js';
import { ThreeParties } from './three-parties.js';

/** More with SCHEDULES=5000; SHRINK=1 looks for the shortest failing schedule. */
const RUNS = Number(process.env.SCHEDULES ?? 30);
const schedules = fc.array(fc.nat(1_000_000), { minLength: 40, maxLength: 260, size: 'max' });

/** S9: who is not at an end when nothing is left to wait for. A maker that was never asked has no trade. */
const stuck = ({ trade }: RandomSchedule) =>
  ROLES.filter(
    (role) =>
      trade.state(role, 'deal') !== 'new' && !isTerminal(partyOf(trade.data(role)), trade.states[role]),
  ).map((role) => `${role} ${JSON.stringify(trade.states[role].machines)}`);

/** S1: a purpose paid for more than once. */
const paidTwice = ({ trade }: RandomSchedule) =>
  ROLES.flatMap((role) => {
    const paid = trade.data(role).ledger.filter(({ status }) => status === 'paid');
    return paid
      .filter((entry, index) => paid.findIndex(({ purpose }) => purpose === entry.purpose) !== index)
      .map(({ purpose }) => `${role} ${purpose}`);
  });

/** What the traders must have when all is over, from what the agent recorded first (S45, S47, S56, S59). */
function unfair({ trade }: RandomSchedule): string[] {
  const agent = trade.data('agent');
  const { terms } = agent;
  if (!terms) return [];
  const { payer, payee, lightning } = trade;
  const feePaid = agent.ledger.some((entry) => entry.purpose === 'retainFee' && entry.status === 'settled');
  const retain = (role: string) => (role === 'taker' && feePaid ? terms.retainFeeMsat : 0n);
  const got = lightning.balance[payee] + retain(payee);
  const gave = -(lightning.balance[payer] + retain(payer));
  const released = trade.taken.some((row) => /^agent engine\..*:release$/.test(row));
  const gaveUp = trade.delivered.some(
    ({ from, effect }) => from === payee && effect.body.type === 'cancelRequest',
  );
  const lostHold = trade.taken.some((row) => /^agent escrow\..*:holdCancelled$/.test(row));
  const rules: [string, boolean][] = [
    [
      'performed or released, and the payee has nothing',
      (released || agent.fiatSent === true) && !gaveUp && got <= 0n,
    ],
    ['the payer gave more than the price', gave > terms.priceMsat],
    ['the payee got more than the price', got > terms.priceMsat],
    // From the fourth try on the creditor pays for the tries.
    ['the payer gave and the payee has nothing', gave > feeLimitMsat(terms.priceMsat) && got <= 0n],
    ['the payee got what the payer did not give', got > 0n && gave <= 0n && !lostHold],
    ['the agent lost sats though its node kept the hold', lightning.balance.agent < 0n && !lostHold],
  ];
  return rules.filter(([, broken]) => broken).map(([rule]) => rule);
}

describe.each([
  ['sell', 'AGENT_HELD'],
  ['buy', 'AGENT_HELD'],
  ['sell', 'PEER_HELD'],
  ['buy', 'PEER_HELD'],
] as const)('any schedule of honest parties, maker: %s, %s', (side, shape) => {
  const taken = new ThreeParties(side, shape);
  taken.take();
  const performing = taken.copy();
  performing.settle();

  test('S1 S9 S10 S20 S21 S45 S56: ends, conserves, pays once, and leaves nobody with both or nothing', () => {
    fc.assert(
      fc.property(schedules, fc.nat(5), fc.nat(9), (choices, failures, start) => {
        const from = start === 0 ? taken : performing;
        const run = new RandomSchedule(from.copy(), failures).run(choices).drain();
        const { balance, inFlight } = run.trade.lightning;
        expect(run.broken).toEqual([]);
        expect(stuck(run)).toEqual([]);
        expect(paidTwice(run)).toEqual([]);
        expect(inFlight).toBe(0n);
        expect(ROLES.reduce((sum, role) => sum + balance[role], 0n)).toBe(0n);
        expect(unfair(run)).toEqual([]);
      }),
      { numRuns: RUNS, endOnFailure: process.env.SHRINK === undefined },
    );
  });
});
