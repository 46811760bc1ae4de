/** Lists that a daemon answers a page at a time. */
import type { rpc } from '@tercet/protocol';
import type { Daemon } from '../daemon/daemon.js';

interface Page<Item> {
  items: Item[];
  more: boolean;
}

/** @param ask for those that come after that id, from the first on where it is empty. */
async function whole<Item>(
  ask: (last: string) => Promise<Page<Item>>,
  id: (item: Item) => string,
): Promise<Item[]> {
  const all: Item[] = [];
  for (let more = true; more;) {
    const last = all.at(-1);
    const page = await ask(last === undefined ? '' : id(last));
    all.push(...page.items);
    more = page.more && page.items.length > 0;
  }
  return all;
}

/** In the order in which they began: the newest is what a person sees last. */
export async function wholeTrades({ trade }: Daemon, includeEnded: boolean): Promise<rpc.Trade[]> {
  const newestFirst = await whole(
    async (before) => {
      const { trades, more } = await trade.listTrades({ includeEnded, before });
      return { items: trades, more };
    },
    ({ tradeId }) => tradeId,
  );
  return newestFirst.toReversed();
}

export const wholeOffers = ({ maker }: Daemon, includeClosed: boolean): Promise<rpc.Offer[]> =>
  whole(
    async (after) => {
      const { offers, more } = await maker.listOffers({ includeClosed, after });
      return { items: offers, more };
    },
    ({ orderId }) => orderId,
  );
