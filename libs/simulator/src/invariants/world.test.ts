/** Each statement of all trades together is seen to speak: a healthy world is spoilt in the one way that it is there for. */
import { height, msat, type PaymentHash } from '@tercet/protocol';
import { testThatEachSpeaks, type SpoiltCase } from '../testing/spoilt.js';
import { ended, performing } from '../testing/tampered.js';
import { WORLD } from './world.js';

const OTHER = 'cd'.repeat(32) as PaymentHash;

const CASES: readonly SpoiltCase[] = [
  {
    number: 'S9',
    how: 'all is over and a payment is still in flight',
    shape: 'AGENT_HELD',
    at: ended,
    spoil(trade) {
      const htlc = {
        amountMsat: msat(1n),
        feeMsat: msat(0n),
        lastHopExpiry: height(1),
        firstHopExpiry: height(1),
      };
      trade.world.parties.maker.node.payments.set(OTHER, {
        state: 'inFlight',
        htlcs: [{ ...htlc, state: 'inFlight' }],
      });
      return trade.end();
    },
  },
  {
    number: 'S10',
    how: 'a node has a msat more',
    shape: 'AGENT_HELD',
    at: performing,
    spoil(trade) {
      trade.world.parties.maker.node.balanceMsat += 1n;
      return trade.look();
    },
  },
  {
    number: 'S10',
    how: 'a payment of no trade was made',
    shape: 'AGENT_HELD',
    at: ended,
    spoil(trade) {
      const { maker, taker } = trade.world.parties;
      maker.node.balanceMsat -= 1n;
      taker.node.balanceMsat += 1n;
      return trade.end();
    },
  },
  {
    number: 'S25',
    how: 'a daemon fails in a way it should not',
    shape: 'AGENT_HELD',
    at: performing,
    spoil(trade) {
      trade.world.parties.maker.errors.push('TypeError');
      return trade.look();
    },
  },
];

testThatEachSpeaks(WORLD, CASES);
