import type { rpc } from '@tercet/protocol';
import { showMsat } from '../format/amount.js';
import { showFiat } from '../format/fiat.js';
import { digitsFor } from '../format/ids.js';
import { offerStateName, shapeName, sideName } from '../format/names.js';
import { plain } from '../format/plain.js';
import { fields, table, wrap } from '../format/table.js';
import { showTime } from '../format/time.js';
import { bold, section, type Look } from './page.js';

/** A list of a maker's offers. */
export const offersPage = (offers: readonly rpc.Offer[]): string => {
  if (offers.length === 0) return 'No offers. Make one with "tercet offer sell" or "tercet offer buy".';
  const digits = digitsFor(offers.map(({ orderId }) => orderId));
  return table(
    ['offer', 'state', 'you', 'bitcoin', 'fiat', 'paid by', 'shapes', 'expires', 'trade'],
    offers.map((offer) => [
      offer.orderId.slice(0, digits),
      offerStateName(offer.state),
      sideName(offer.side),
      showMsat(offer.amountMsat),
      showFiat(offer.fiat),
      plain(offer.method?.name ?? '-'),
      offer.shapes.map(shapeName).join(' '),
      showTime(offer.expiresAtMs),
      offer.tradeId.slice(0, 8),
    ]),
    [3, 4],
  );
};

/** What a maker gets to see once its offer is signed. */
export const offerMadePage = (made: rpc.CreateOfferResponse, file: string | undefined, look: Look): string =>
  [
    bold(`Offer ${made.orderId}`, look),
    ...fields(
      [
        ['agents on it', made.agentKeys.map((key) => key.slice(0, 16)).join(' ')],
        ['file', file ?? ''],
      ],
      look.width,
    ),
    ...section(
      'Agents that are not on it',
      Object.entries(made.agentsLeftOut).flatMap(([key, why]) =>
        wrap(`${plain(key).slice(0, 16)}: ${plain(why)}`, look.width, 2),
      ),
      look,
    ),
    ...section('Hand this to who wants to take it (it holds nothing private)', [plain(made.orderUri)], look),
  ].join('\n');
