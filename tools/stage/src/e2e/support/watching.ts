/** What people see of a trade and its order while things go wrong. */
import { rpc } from '@tercet/protocol';
import { until } from '@tercet/regtest';
import type { PartyName } from '../../stage/layout.js';
import type { StagedTrade } from '../../stage/trade.js';
import type { Scene } from './scene.js';

/** Waits until the trade is over at a party, and says why it ended there. */
export async function whyEnded(trade: StagedTrade, party: PartyName): Promise<string> {
  const view = await until(`the trade is over at the ${party}`, async () => {
    const seen = await trade.view(party);
    return seen?.ended ? seen : undefined;
  });
  return view.why;
}

/** What the maker's daemon says of an order. */
export async function stateOfOffer({ stage }: Scene, orderId: string): Promise<rpc.OfferState | undefined> {
  const client = await stage.daemons.maker.client(rpc.MakerServiceDefinition);
  const { offers } = await client.listOffers({ includeClosed: true });
  return offers.find((offer) => offer.orderId === orderId)?.state;
}

/** Waits until a party's page of the trade warns in such words. */
export async function warns(trade: StagedTrade, party: PartyName, words: RegExp): Promise<void> {
  await until(`the ${party} is warned: ${String(words)}`, async () => {
    const warnings = (await trade.view(party))?.warnings ?? [];
    return warnings.some((warning) => words.test(warning)) ? true : undefined;
  });
}
