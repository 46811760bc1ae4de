/** Each statement of how a trade may move is seen to speak: a healthy trade is spoilt in the one way that it is there for. */
import { testThatEachSpeaks, type SpoiltCase } from '../testing/spoilt.js';
import { performing } from '../testing/tampered.js';
import { STATE } from './state.js';

const CASES: readonly SpoiltCase[] = [
  {
    number: 'S19',
    how: 'a step has the number of the one before',
    shape: 'AGENT_HELD',
    at: performing,
    spoil(trade) {
      trade.step('agent', trade.view('agent'));
      return trade.step('agent', trade.view('agent'));
    },
  },
  {
    number: 'S20',
    how: 'an ended deal goes on',
    shape: 'AGENT_HELD',
    at: performing,
    spoil(trade) {
      trade.step('agent', trade.view('agent'));
      return trade.step('agent', trade.edit('agent', {}, { deal: 'offered' }));
    },
  },
  {
    number: 'S21',
    how: 'one message is taken twice',
    shape: 'AGENT_HELD',
    at: performing,
    spoil(trade) {
      const fact = {
        kind: 'release',
        from: trade.sight.payer,
        sequence: 9,
        envelopeId: 'x',
        body: { type: 'release' },
      } as const;
      trade.step('agent', trade.view('agent'), fact);
      return trade.step('agent', trade.view('agent'), fact);
    },
  },
];

testThatEachSpeaks(STATE, CASES);
