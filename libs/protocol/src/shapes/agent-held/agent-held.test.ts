import { describe, expect, test } from '@jest/globals';
import { fiatSent, performing } from '../../testing/steps.js';
import type { ThreeParties } from '../../testing/three-parties.js';
import { ThreeParties as Trade } from '../../testing/three-parties.js';
import { msat } from '../../units.js';

const price = (trade: ThreeParties): bigint => trade.data('agent').terms?.priceMsat ?? 0n;
const payout = (trade: ThreeParties): bigint => trade.data('agent').terms?.payoutMsat ?? 0n;
const retain = (trade: ThreeParties): bigint => trade.data('agent').terms?.retainFeeMsat ?? 0n;
const payouts = (trade: ThreeParties) =>
  trade.done.flatMap(({ effect }) => (effect.kind === 'pay' && effect.purpose === 'payout' ? [effect] : []));
const settledFirst = (trade: ThreeParties) => {
  const kinds = trade.done.map(({ effect }) =>
    effect.kind === 'pay' ? `pay ${effect.purpose}` : effect.kind,
  );
  return kinds.indexOf('settleHold') < kinds.indexOf('pay payout');
};

describe('AGENT_HELD, maker sells', () => {
  test('S45: fiat sent and unanswered goes into custody at A - 24, not a block earlier', () => {
    const trade = fiatSent('sell', 'AGENT_HELD');
    trade.mineTo(trade.A - 25);
    expect(trade.state('agent', 'escrow')).toBe('held');
    trade.mineTo(trade.A - 24);
    expect(trade.escrows).toEqual(['custody', 'custody', 'custody']);
    expect(trade.lightning.balance.agent).toBe(price(trade) + retain(trade));
  });

  const inCustody = () => {
    const trade = fiatSent('sell', 'AGENT_HELD');
    trade.mineTo(trade.A - 24);
    return trade;
  };

  test('S45: a release pays the payee from custody', () => {
    const trade = inCustody();
    trade.command('maker', 'cmdRelease');
    trade.settle();
    expect(trade.engines).toEqual(['done', 'done', 'released']);
    expect(trade.lightning.balance).toEqual({
      maker: -price(trade),
      taker: payout(trade) - retain(trade),
      agent: price(trade) - payout(trade) + retain(trade),
    });
    expect(trade.allTerminal).toBe(true);
  });

  test("S45: custody's end carries out the default, once fiat was sent: the payee", () => {
    const trade = inCustody();
    const end = (trade.data('agent').locked?.decideBy ?? 0) + 1008;
    trade.mineTo(end - 1);
    expect(trade.state('agent', 'escrow')).toBe('custody');
    trade.mineTo(end);
    expect(trade.lightning.balance.taker).toBe(payout(trade) - retain(trade));
    expect(trade.state('agent')).toBe('released');
    expect(trade.allTerminal).toBe(true);
  });

  test('S45 A11: a refund from custody is the whole escrow', () => {
    const trade = inCustody();
    trade.command('taker', 'cmdCancel', true);
    trade.settle();
    expect(trade.engines).toEqual(['refunded', 'refunded', 'refunded']);
    expect(trade.lightning.balance).toEqual({ maker: 0n, taker: -retain(trade), agent: retain(trade) });
    expect(trade.allTerminal).toBe(true);
  });

  test.each([
    [51, false],
    [50, true],
  ])('S5: a release at A - %i: settled first %s', (before, first) => {
    const trade = fiatSent('sell', 'AGENT_HELD');
    trade.mineTo(trade.A - before);
    trade.command('maker', 'cmdRelease');
    trade.settle();
    expect(settledFirst(trade)).toBe(first);
    expect(payouts(trade)[0]?.cltvLimit).toBe(first ? 288 : 27);
    expect(trade.engines).toEqual(['done', 'done', 'released']);
  });

  test('S54: a held HTLC on chain: settled first, then paid on a fresh invoice', () => {
    const trade = fiatSent('sell', 'AGENT_HELD');
    let tries = 0;
    trade.lightning.verdict = (_, { purpose }) =>
      purpose === 'payout' && (tries += 1) === 1 ? { refused: 'HOLD_ON_CHAIN' } : {};
    trade.command('maker', 'cmdRelease');
    trade.settle();
    expect(payouts(trade).map(({ activeChannels, attempt }) => [attempt, activeChannels])).toEqual([
      [1, ['1x1x1']],
      [2, []],
    ]);
    expect(trade.engines).toEqual(['done', 'done', 'released']);
    expect(trade.allTerminal).toBe(true);
  });

  test('S1 A16: a payout that failed is tried on fresh invoices; from the fourth on less the fee limit', () => {
    const trade = fiatSent('sell', 'AGENT_HELD');
    let tries = 0;
    trade.lightning.verdict = (_, { purpose }) =>
      purpose === 'payout' && (tries += 1) <= 3 ? { failed: 'NO_ROUTE' } : {};
    trade.command('maker', 'cmdRelease');
    trade.settle();
    for (let failed = 1; failed <= 3; failed += 1) {
      expect(tries).toBe(failed);
      expect(trade.state('agent', 'debt')).toBe('resting');
      const pauseMs = (trade.data('agent').nextTryMs ?? 0) - trade.at.timeMs;
      expect(pauseMs).toBe(1000 * 2 ** (failed - 1));
      trade.mineTo(trade.tip + 1);
    }
    const sent = payouts(trade);
    expect(sent.map(({ expect: wanted }) => wanted.amountMsat)).toEqual([
      payout(trade),
      payout(trade),
      payout(trade),
      payout(trade) - payout(trade) / 200n,
    ]);
    expect(new Set(sent.map(({ request }) => request)).size).toBe(4);
    expect(trade.engines).toEqual(['done', 'done', 'released']);
  });

  test('S3 S6: a payout that is unknown is only waited for; released, the hold is settled when no try can fit', () => {
    const trade = fiatSent('sell', 'AGENT_HELD');
    const unknown: Parameters<typeof trade.settle>[0] = (_, effect) =>
      effect.kind === 'pay' && effect.purpose === 'payout';
    trade.command('maker', 'cmdRelease');
    trade.settle(unknown);
    trade.mineTo(trade.A - 51, unknown);
    expect(trade.state('agent', 'escrow')).toBe('payingFirst');
    trade.mineTo(trade.A - 50, unknown);
    expect(trade.state('agent', 'escrow')).toBe('owing');
    expect(trade.lightning.inFlight).toBe(0n);
    expect(trade.state('agent', 'debt')).toBe('paying');
    trade.settle();
    expect(trade.engines).toEqual(['done', 'done', 'released']);
  });

  test('S45 S56: the node lost the hold after fiat was sent: owed by the agent, by default at decide-by', () => {
    const trade = fiatSent('sell', 'AGENT_HELD');
    trade.down.add('agent');
    trade.mineTo(trade.A);
    trade.down.delete('agent');
    trade.settle();
    expect(trade.state('agent', 'escrow')).toBe('lostPerformed');
    trade.mineTo(trade.data('agent').locked?.decideBy ?? 0);
    expect(trade.lightning.balance.taker).toBe(payout(trade) - retain(trade));
    expect(trade.allTerminal).toBe(true);
  });

  test.each<[string, Trade['lightning']['arrival'], string]>([
    ['overpaid', { receivedMsat: 100_000_001n, parts: [100_000_001n] }, 'instead of'],
    ['a part below the smallest price', { parts: [99_000_000n, 1_000_000n] }, 'smallest price'],
    ['window too short', { pad: -1 }, 'window is too short'],
  ])('S15 S49 S55: %s: cancelled at once, and everybody is told', (_, arrival, why) => {
    const trade = new Trade('sell', 'AGENT_HELD');
    trade.lightning.arrival = arrival;
    trade.take();
    trade.settle();
    expect(trade.escrows).toEqual(['unpaid', 'over', 'unlocked']);
    expect(trade.data('agent').why).toContain(why);
    expect(trade.freed).toBe(true);
    expect(trade.lightning.balance.maker).toBe(0n);
  });

  test('S49: E padded by 432 blocks counts, and A moves by 12 at most', () => {
    const plain = performing('sell', 'AGENT_HELD');
    const trade = new Trade('sell', 'AGENT_HELD');
    trade.lightning.arrival = { pad: 432 };
    trade.take();
    trade.settle();
    expect(trade.engines).toEqual(['performing', 'performing', 'performing']);
    expect(trade.A - plain.A).toBe(12 - 3);
  });

  test('S13: a hold that is accepted after the lease is cancelled at once', () => {
    const trade = new Trade('sell', 'AGENT_HELD', { externalWallet: ['maker'] });
    trade.take();
    trade.settle();
    trade.tip = (trade.data('maker').leaseEnd ?? 0) - 1;
    trade.payElsewhere();
    trade.settle();
    expect(trade.data('agent').why).toContain('after the lease');
    expect(trade.lightning.inFlight).toBe(0n);
  });

  test('A10: a payer with a wallet of its own: paid elsewhere, released, ends', () => {
    const trade = fiatSent('sell', 'AGENT_HELD', { externalWallet: ['maker'] });
    trade.command('maker', 'cmdRelease');
    trade.settle();
    expect(trade.engines).toEqual(['done', 'done', 'released']);
    expect(trade.allTerminal).toBe(true);
  });

  test('S9: a payer with a wallet of its own ends after a refund, by the word of the agent', () => {
    const trade = performing('sell', 'AGENT_HELD', { externalWallet: ['maker'] });
    trade.command('taker', 'cmdCancel');
    trade.settle();
    expect(trade.engines).toEqual(['refunded', 'refunded', 'refunded']);
    expect(trade.allTerminal).toBe(true);
  });

  test('A7 S59: a payee that has left the deal has the hold returned at once', () => {
    const trade = new Trade('sell', 'AGENT_HELD');
    trade.take();
    trade.settle((role, effect) => role === 'agent' && effect.kind === 'createHold');
    trade.fact('taker', { kind: 'due', name: 'deal.giveUp', at: trade.at });
    expect(trade.state('taker', 'deal')).toBe('abandoned');
    trade.settle();
    expect(trade.lightning.inFlight).toBe(0n);
    expect(trade.state('maker', 'deal')).toBe('lapsed');
    expect(trade.allTerminal).toBe(true);
  });

  test.each(['sell', 'buy'] as const)(
    'S9: maker: %s, paid out before the payee heard that it is locked, the trade ends all the same',
    (side) => {
      const trade = new Trade(side, 'AGENT_HELD');
      trade.take();
      const held: Parameters<typeof trade.settle>[0] = (role, effect) =>
        role === 'agent' &&
        effect.kind === 'send' &&
        effect.to === trade.payee &&
        effect.body.type !== 'signedTerms';
      trade.settle(held);
      trade.command(trade.payer, 'cmdRelease');
      trade.settle(held);
      expect(trade.state(trade.payee, 'claim')).toBe('paid');
      trade.settle();
      expect([...trade.engines].sort()).toEqual(['done', 'done', 'released']);
      expect(trade.allTerminal).toBe(true);
    },
  );

  test('S9: the agent was away until its hold invoice ran out: the trade ends for all', () => {
    const trade = new Trade('sell', 'AGENT_HELD');
    trade.take();
    trade.settle((role, effect) => role === 'agent' && effect.kind === 'createHold');
    trade.runOutUnheard('agent');
    expect(trade.escrows).toEqual(['unpaid', 'over', 'unlocked']);
    expect(trade.allTerminal).toBe(true);
  });

  test('S45: a payer that claims to owe does not take the payout invoice away from the agent', () => {
    const trade = fiatSent('sell', 'AGENT_HELD');
    const sequence = (trade.data('maker').sent.taker ?? 0) + 1;
    const body = { type: 'obligation', why: 'x', amountMsat: msat(1n), attempt: 5 } as const;
    trade.fact('taker', { kind: 'obligation', at: trade.at, from: 'maker', sequence, envelopeId: 'x', body });
    let tries = 0;
    trade.lightning.verdict = (_, { purpose }) =>
      purpose === 'payout' && (tries += 1) === 1 ? { failed: 'NO_ROUTE' } : {};
    trade.fact('agent', {
      kind: 'release',
      at: trade.at,
      from: 'maker',
      sequence: (trade.data('maker').sent.agent ?? 0) + 1,
      envelopeId: 'y',
      body: { type: 'release' },
    });
    trade.settle();
    trade.mineTo(trade.tip + 1);
    expect(tries).toBe(2);
    expect(trade.lightning.balance.taker).toBe(payout(trade) - retain(trade));
    expect([trade.state('taker'), trade.state('agent')]).toEqual(['done', 'released']);
  });
});
