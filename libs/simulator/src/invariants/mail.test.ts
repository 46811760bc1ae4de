/** Each statement of inbox and outbox is seen to speak: a healthy trade is spoilt in the one way that it is there for. */
import { testThatEachSpeaks, type SpoiltCase } from '../testing/spoilt.js';
import { ended, performing } from '../testing/tampered.js';
import { MAIL } from './mail.js';

const CASES: readonly SpoiltCase[] = [
  {
    number: 'S26',
    how: 'a message is acknowledged that was not stored',
    shape: 'PEER_HELD',
    at: performing,
    spoil(trade) {
      const { receipts } = trade.sight.trade;
      const last = receipts.findLast(({ to }) => to === 'agent');
      if (!last) throw new Error('nothing was acknowledged');
      receipts.push({ ...last, sequence: last.sequence + 1 });
      return trade.look();
    },
  },
  {
    number: 'S26',
    how: 'a message is forgotten that was not acknowledged',
    shape: 'PEER_HELD',
    at: ended,
    spoil(trade) {
      const { sent } = trade.view('maker').state.data;
      trade.edit('maker', { sent: { ...sent, agent: (sent.agent ?? 0) + 1 } });
      return trade.end();
    },
  },
];

testThatEachSpeaks(MAIL, CASES);
