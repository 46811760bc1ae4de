/** What breaks the statements of inbox and outbox. Test code only. */
import { ended, performing, type SpoiltCase } from './tampered.js';

export const MAIL_CASES: readonly SpoiltCase[] = [
  {
    number: 'S26',
    how: 'a message is acknowledged that was not stored',
    shape: 'PEER_HELD',
    at: performing,
    spoil(trade) {
      const { receipts } = trade.world.log;
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
