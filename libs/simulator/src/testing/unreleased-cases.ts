/** What breaks the statements of a hold that was settled without a release. Test code only. */
import { ended, type SpoiltCase } from './tampered.js';

export const UNRELEASED_CASES: readonly SpoiltCase[] = [
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
    number: 'S48',
    how: 'the payee calls refunded what it has settled',
    shape: 'PEER_HELD',
    at: (trade) => ended(trade) && trade.sight.hold.state === 'settled',
    spoil(trade) {
      trade.edit(trade.sight.payee, {}, { escrow: 'refunded' });
      return trade.end();
    },
  },
];
