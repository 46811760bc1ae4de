/** Each statement of who may know the preimage is seen to speak: a healthy trade is spoilt in the one way that it is there for. */
import type { Preimage } from '@tercet/protocol';
import { testThatEachSpeaks, type SpoiltCase } from '../testing/spoilt.js';
import { ended, performing } from '../testing/tampered.js';
import { KNOWLEDGE } from './knowledge.js';

const PREIMAGE = 'ef'.repeat(32) as Preimage;

const CASES: readonly SpoiltCase[] = [
  {
    number: 'S34',
    how: 'the agent gives the preimage away unasked',
    shape: 'PEER_HELD',
    at: performing,
    spoil(trade) {
      const { payee } = trade.sight;
      trade.letter('agent', payee, { type: 'preimage', sealed: { to: payee, text: '' }, feeInvoice: null });
      return trade.look();
    },
  },
  {
    number: 'S48',
    how: 'nobody notices that the payer was robbed',
    shape: 'PEER_HELD',
    at: performing,
    spoil(trade) {
      trade.world.underWay.get(trade.hash)?.take(PREIMAGE);
      return trade.lookForHours();
    },
  },
  {
    number: 'S48',
    how: 'the payee keeps what nobody released',
    shape: 'PEER_HELD',
    at: ended,
    spoil(trade) {
      trade.edit(trade.sight.payee, { releaseSigned: false, decided: undefined, fiatSent: false });
      return trade.look();
    },
  },
  {
    number: 'S60',
    how: 'the payer is sent the preimage',
    shape: 'PEER_HELD',
    at: performing,
    spoil(trade) {
      const { payer } = trade.sight;
      trade.letter('agent', payer, { type: 'preimage', sealed: { to: payer, text: '' }, feeInvoice: null });
      return trade.look();
    },
  },
];

testThatEachSpeaks(KNOWLEDGE, CASES);
