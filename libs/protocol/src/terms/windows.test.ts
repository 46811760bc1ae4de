import { describe, expect, test } from '@jest/globals';
import { blocks, height, sat } from '../units.js';
import { retainFee, smallestPrice, successFee } from './fees.js';
import {
  blocksForHours,
  brokenBounds,
  lockedHeights,
  MARGINS,
  marginsInOrder,
  windowsFor,
} from './windows.js';

test.each([
  [6, 51],
  [10, 79],
  [12, 92],
  [24, 173],
  [36, 251],
  [48, 328],
  [72, 481],
  [84, 557],
  [168, 1083],
])('section 1: Q(%i h) = %i', (hours, expected) => expect(blocksForHours(hours)).toBe(expected));

test('section 5: windows of a shape', () => {
  expect(windowsFor('AGENT_HELD', 'standard', 60)).toMatchObject({
    performBy: 173,
    answerBy: 251,
    decideBy: 557,
    cltvExpiry: 432,
    holdExpiryDelta: 18,
    leaseBlocks: 6,
  });
  expect(windowsFor('PEER_HELD', 'standard', 60).cltvExpiry).toBe(624);
});

describe('S49: each bound, one block to both sides', () => {
  const h = height(1000);
  const agentHeld = windowsFor('AGENT_HELD', 'standard', 60);
  const peerHeld = windowsFor('PEER_HELD', 'standard', 60);
  const broken = (shape: 'AGENT_HELD' | 'PEER_HELD', w = agentHeld, E = 1000 + w.cltvExpiry + 3) =>
    brokenBounds(shape, lockedHeights(h, height(E), w), w);
  const longest = 432 + 3 - 18;

  test.each<[string, 'AGENT_HELD' | 'PEER_HELD', Partial<typeof agentHeld>, boolean]>([
    ['settlement time + 6 fits perform-by', 'AGENT_HELD', { settlementBlocks: blocks(173 - 6) }, true],
    ['settlement time + 6 fits perform-by', 'AGENT_HELD', { settlementBlocks: blocks(173 - 5) }, false],
    ['perform-by + 36 < answer-by', 'AGENT_HELD', { answerBy: blocks(173 + 37) }, true],
    ['perform-by + 36 < answer-by', 'AGENT_HELD', { answerBy: blocks(173 + 36) }, false],
    ['answer-by < decide-by', 'AGENT_HELD', { decideBy: blocks(252) }, true],
    ['answer-by < decide-by', 'AGENT_HELD', { decideBy: blocks(251) }, false],
    ['perform-by < A - 36', 'AGENT_HELD', { performBy: blocks(longest - 37), answerBy: blocks(500) }, true],
    ['perform-by < A - 36', 'AGENT_HELD', { performBy: blocks(longest - 36), answerBy: blocks(500) }, false],
    ['D is the constant', 'AGENT_HELD', { holdExpiryDelta: blocks(17) }, false],
    ['decide-by <= A - 36', 'PEER_HELD', { decideBy: blocks(624 + 3 - 18 - 36) }, true],
    ['decide-by <= A - 36', 'PEER_HELD', { decideBy: blocks(624 + 3 - 18 - 35) }, false],
    ['dispute window of 144', 'PEER_HELD', { decideBy: blocks(251 + 144) }, true],
    ['dispute window of 144', 'PEER_HELD', { decideBy: blocks(251 + 143) }, false],
  ])('%s, %s %j', (bound, shape, change, holds) => {
    const w = { ...(shape === 'AGENT_HELD' ? agentHeld : peerHeld), ...change };
    expect(broken(shape, w)).toEqual(holds ? [] : [bound]);
  });

  test('E covers cltv_expiry', () => {
    expect(broken('AGENT_HELD', agentHeld, 1000 + 432)).toEqual([]);
    expect(broken('AGENT_HELD', agentHeld, 1000 + 431)).toEqual(['E covers cltv_expiry']);
  });

  test.each([
    [3, 3],
    [12, 12],
    [13, 12],
    [432, 12],
  ])('E padded by %i moves A by %i', (pad, moved) => {
    const at = lockedHeights(h, height(1000 + 432 + pad), agentHeld);
    expect(at.A).toBe(1000 + 432 + moved - 18);
  });
});

test.each([
  [{}, true],
  [{ payoutStart: 24 }, false],
  [{ forcedSettle: 12 }, false],
  [{ alarm: 0 }, false],
  [{ decide: 24 }, false],
])('section 5: margins in order %j', (change, inOrder) =>
  expect(marginsInOrder({ ...MARGINS, ...change })).toBe(inOrder),
);

test('section 5: the smallest price is 10 000 sat, or 1 500 vB at the fee rate', () => {
  expect(smallestPrice(1)).toBe(sat(10_000));
  expect(smallestPrice(6.667)).toBe(sat(10_001));
  expect(smallestPrice(20)).toBe(sat(30_000));
});

test('A14: fees are whole sats, rounded down', () => {
  const policy = { retainBaseMsat: sat(1), retainPpmPer1000Blocks: 100, successPpm: 5000 };
  expect(retainFee(policy, sat(100_000), blocks(432))).toBe(sat(5));
  expect(successFee(policy, sat(100_001))).toBe(sat(500));
});
