/** Each statement of the end is seen to speak: a healthy trade is spoilt in the one way that it is there for. */
import { msat, type Preimage } from '@tercet/protocol';
import { testThatEachSpeaks, type SpoiltCase } from '../testing/spoilt.js';
import { ended, performing } from '../testing/tampered.js';
import { ENDS } from './ends.js';

const PREIMAGE = 'ef'.repeat(32) as Preimage;

const CASES: readonly SpoiltCase[] = [
  {
    number: 'S9',
    how: 'all is over and somebody still waits',
    shape: 'PEER_HELD',
    at: performing,
    spoil: (trade) => trade.end(),
  },
  {
    number: 'S10',
    how: 'the agent keeps the price',
    shape: 'AGENT_HELD',
    at: ended,
    spoil(trade) {
      const { ledger } = trade.view('agent').state.data;
      trade.edit('agent', { ledger: ledger.filter(({ kind }) => kind !== 'payment') });
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
      trade.edit(payee, { ledger: [] });
      return trade.end();
    },
  },
  {
    number: 'S56',
    how: 'released, and the payer calls it refunded',
    shape: 'PEER_HELD',
    at: (trade) => trade.sight.in(trade.sight.payer, 'engine', 'answering'),
    async spoil(trade) {
      trade.edit(trade.sight.payer, { releaseSigned: true }, { escrow: 'refunded' });
      await trade.sight.party(trade.sight.payee).node.cancelHold(trade.hash);
      return trade.end();
    },
  },
  {
    number: 'S48',
    how: 'the payee calls refunded what it has settled',
    shape: 'PEER_HELD',
    at: (trade) => ended(trade) && trade.sight.hold.state === 'settled',
    spoil(trade) {
      trade.edit(trade.sight.payee, {}, { escrow: 'refunded' });
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
      const paid = { preimage: PREIMAGE, amountMsat: msat(100_000_000n), feeMsat: msat(0n) };
      trade.world.parties[payer].node.payments.set(trade.hash, { state: 'paid', ...paid });
      return trade.end();
    },
  },
  {
    number: 'S59',
    how: 'nobody performed or released, and the payee has the price',
    shape: 'PEER_HELD',
    at: ended,
    spoil(trade) {
      trade.edit(trade.sight.payer, { releaseSigned: false });
      trade.edit(trade.sight.payee, { fiatSent: false });
      return trade.end();
    },
  },
];

testThatEachSpeaks(ENDS, CASES);
