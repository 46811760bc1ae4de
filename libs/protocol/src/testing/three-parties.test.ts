import { describe, expect, test } from '@jest/globals';
import { ThreeParties } from './three-parties.js';

describe.each([
  ['sell', 'AGENT_HELD'],
  ['buy', 'AGENT_HELD'],
  ['sell', 'PEER_HELD'],
  ['buy', 'PEER_HELD'],
] as const)('a fiat trade, maker: %s, %s', (side, shape) => {
  test('A4-A11: is agreed, locked, performed and released', () => {
    const trade = new ThreeParties(side, shape);
    trade.take();
    trade.settle();
    expect(trade.refusals).toEqual([]);
    expect(trade.state(trade.payee)).toBe('performing');
    expect(trade.states[trade.payee].data.fiatDetails).toBe('IBAN DE00 1234');
    trade.command(trade.payee, 'cmdSent');
    trade.settle();
    expect(trade.state(trade.payer)).toBe('answering');
    trade.command(trade.payer, 'cmdRelease');
    trade.settle();
    expect(trade.refusals).toEqual([]);
    expect([trade.state('maker'), trade.state('taker'), trade.state('agent')]).toEqual([
      'done',
      'done',
      'released',
    ]);
  });
});
