import { expect, test } from '@jest/globals';
import type { Body, Role } from '../messages/bodies.js';
import { messageOf } from '../testing/matrix.js';
import { ThreeParties } from '../testing/three-parties.js';

test('S37 a sender has 16 messages waiting at most, and fills nobody else’s share', () => {
  const trade = new ThreeParties('sell', 'AGENT_HELD');
  trade.take();
  trade.settle((_, effect) => effect.kind === 'send' && effect.body.type === 'signedTerms');
  const say = (from: Role, body: Body) => {
    const result = trade.fact('taker', messageOf(from, body, { state: trade.states.taker, at: trade.at }));
    return result.result === 'refused' ? result.refusal.code : result.result;
  };
  const early: Body = { type: 'performingAck', performingUntil: trade.at.height };
  expect(Array.from({ length: 18 }, () => say('agent', early))).toEqual([
    ...Array<string>(16).fill('taken'),
    'TOO_MANY_EARLY',
    'TOO_MANY_EARLY',
  ]);
  expect(say('maker', { type: 'release' })).toBe('taken');
  expect(trade.data('taker').early).toHaveLength(17);
});
