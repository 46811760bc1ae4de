import { describe, expect, test } from '@jest/globals';
import type { MessageFact } from '../machine/facts.js';
import type { Role } from '../messages/bodies.js';
import { fiatSent } from '../testing/steps.js';
import { ThreeParties } from '../testing/three-parties.js';
import { sat } from '../units.js';

/** Says to a party that it is owed the price. */
function sayOwed(
  trade: ThreeParties,
  from: Role,
  to: Role,
  attempt: number,
  amountMsat = sat(100_000),
): string[] {
  const sequence = (trade.data(to).received[from] ?? 0) + 1;
  const body = { type: 'obligation' as const, why: 'I owe you.', amountMsat, attempt };
  const fact: MessageFact = { kind: 'obligation', at: trade.at, from, sequence, envelopeId: 'claim', body };
  const result = trade.fact(to, fact);
  return result.result === 'taken' ? result.path : [result.result];
}

describe.each(['sell', 'buy'] as const)(
  'S2 S45 an invoice of ours is taken back for its debtor alone, maker: %s',
  (side) => {
    test('AGENT_HELD: the payer says that it owes, in the highest number; the payee is paid by the agent all the same', () => {
      const trade = fiatSent(side, 'AGENT_HELD');
      expect(sayOwed(trade, trade.payer, trade.payee, 1000)).toEqual([]);
      trade.command(trade.payer, 'cmdRelease');
      trade.settle();
      expect(trade.allTerminal).toBe(true);
      expect(trade.lightning.balance[trade.payee]).toBeGreaterThan(0n);
    });

    test.each(['AGENT_HELD', 'PEER_HELD'] as const)(
      '%s: an agent makes no invoice because somebody says that it owes',
      (shape) => {
        const trade = fiatSent(side, shape);
        expect(sayOwed(trade, 'maker', 'agent', 1)).toEqual([]);
        expect(sayOwed(trade, 'taker', 'agent', 1)).toEqual([]);
        expect(trade.state('agent', 'claim')).toBe('none');
      },
    );

    test('PEER_HELD: neither the agent to the payee, nor the payee to the payer', () => {
      const trade = fiatSent(side, 'PEER_HELD');
      expect(sayOwed(trade, 'agent', trade.payee, 1)).toEqual([]);
      expect(sayOwed(trade, trade.payee, trade.payer, 1)).toEqual([]);
    });
  },
);

test('S25 before terms there is nothing to owe: the message waits, and nothing breaks', () => {
  const trade = new ThreeParties('sell', 'AGENT_HELD');
  trade.take();
  expect(sayOwed(trade, 'agent', 'taker', 1)).toEqual([]);
  expect(trade.data('taker').early).toHaveLength(1);
});

test.each([
  ['AGENT_HELD', 'agent', 'payee', sat(99_000), false],
  ['AGENT_HELD', 'agent', 'payee', sat(99_003), true],
  ['AGENT_HELD', 'agent', 'payer', sat(99_499), false],
  ['AGENT_HELD', 'agent', 'payer', sat(99_500), true],
  ['PEER_HELD', 'payer', 'payee', sat(99_499), false],
  ['PEER_HELD', 'payer', 'payee', sat(99_500), true],
  ['PEER_HELD', 'payer', 'payee', sat(100_000), true],
  ['PEER_HELD', 'payer', 'payee', sat(100_001), false],
] as const)(
  'S10 %s: %s owes %s what the terms leave it, no part of it: %s',
  (shape, from, to, amount, isTaken) => {
    const trade = fiatSent('sell', shape);
    const role = { payer: trade.payer, payee: trade.payee, agent: 'agent' as const };
    const taken = sayOwed(trade, role[from], role[to], 2, amount);
    expect(taken.length > 0).toBe(isTaken);
  },
);
