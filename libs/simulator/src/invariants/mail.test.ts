/** Each statement of inbox and outbox is seen to speak: a healthy trade is spoilt in the one way that it is there for. */
import type { NewFact } from '@tercet/daemon';
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
  {
    number: 'S31',
    how: 'what was written to the payer is taken in by the agent',
    shape: 'PEER_HELD',
    at: performing,
    spoil(trade) {
      const { payee, payer } = trade.sight;
      const letter = trade.sight.trade.letters.findLast(({ from, to }) => from === payee && to === payer);
      if (!letter) throw new Error('nothing was written to the payer');
      const { envelope, body } = letter;
      const about = { from: payee, sequence: 9, envelopeId: envelope.id };
      return trade.step('agent', trade.view('agent'), { kind: body.type, ...about, body } as NewFact);
    },
  },
];

testThatEachSpeaks(MAIL, CASES);
