import { sat } from '@tercet/protocol';
import { loadConfig } from '../config/index.js';
import { contactOf, keyOf, nodeOf } from '../services/testing/samples.js';
import { agentPolicyOf } from './policy.js';

const who = { key: keyOf('agent'), node: nodeOf('agent'), contact: contactOf('agent') };
const policy = (...argv: string[]) => agentPolicyOf(loadConfig('agent', argv, { HOME: '/home/alice' }), who);

test('defaults', () => {
  expect(policy()).toMatchObject({
    network: 'regtest',
    agentKey: who.key,
    node: who.node,
    shapes: ['AGENT_HELD', 'PEER_HELD'],
    fees: { retainBaseMsat: sat(10), retainPpmPer1000Blocks: 100, successPpm: 5_000 },
    smallestPriceMsat: sat(10_000),
    largestPriceMsat: sat(1_000_000),
    leaseBlocks: 6,
    holdExpiryDelta: 18,
  });
});

test.each([
  ['what is configured', ['--smallest-price-sat=40000'], 40_000],
  [
    'what a force close eats, where that is more',
    ['--smallest-price-sat=40000', '--fee-rate-sat-per-vb=50'],
    75_000,
  ],
])('S55 smallest price: %s', (_, argv, expected) => {
  expect(policy(...argv).smallestPriceMsat).toBe(sat(expected));
});
