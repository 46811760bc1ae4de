/** Each statement of the end is seen to speak: a healthy trade is spoilt in the one way that it is there for. */
import { height, msat, type PaymentHash } from '@tercet/protocol';
import { testThatEachSpeaks, type SpoiltCase } from '../testing/spoilt.js';
import { ended, performing } from '../testing/tampered.js';
import { ENDS } from './ends.js';

const OTHER = 'cd'.repeat(32) as PaymentHash;

const CASES: readonly SpoiltCase[] = [
  {
    number: 'S9',
    how: 'all is over and somebody still waits',
    shape: 'PEER_HELD',
    at: performing,
    spoil: (trade) => trade.end(),
  },
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
    how: 'the agent keeps the price',
    shape: 'AGENT_HELD',
    at: ended,
    spoil(trade) {
      const { agent, taker } = trade.world.parties;
      agent.node.balanceMsat += 100_000_000n;
      taker.node.balanceMsat -= 100_000_000n;
      return trade.end();
    },
  },
  {
    number: 'S56',
    how: 'released, and the payee has nothing',
    shape: 'AGENT_HELD',
    at: ended,
    spoil(trade) {
      const { payee } = trade.sight;
      trade.world.parties[payee].node.balanceMsat -= 200_000_000n;
      return trade.end();
    },
  },
  {
    number: 'S59',
    how: 'nobody performed, and the payer has lost its sats',
    shape: 'AGENT_HELD',
    at: performing,
    spoil(trade) {
      const { payer } = trade.sight;
      trade.world.parties[payer].node.payments.set(trade.hash, { state: 'failed', reason: 'OTHER' });
      return trade.end();
    },
  },
];

testThatEachSpeaks(ENDS, CASES);
