/** Whether a trade's messages are in each journal once, in the order in which they were sent. */
import { rpc, type BodyType } from '@tercet/protocol';
import { PARTIES, type PartyName } from '../../stage/layout.js';

/** As one sender says them; whoever says one of these says it once in a trade that nothing goes wrong in. */
const SAID: readonly BodyType[] = [
  ...(['solicit', 'signedTerms', 'takeOrder', 'tradeResponse', 'retain', 'retained'] as const),
  ...(['invoice', 'accepted', 'payerExpiry', 'locked', 'fiatDetails', 'performing'] as const),
  ...(['performingAck', 'fiatSent', 'release', 'cancelRequest', 'obligation', 'freshInvoice'] as const),
  ...(['preimage', 'ruling', 'cancelled', 'notice'] as const),
];
const ROLE: Record<PartyName, rpc.Role> = {
  maker: rpc.Role.MAKER,
  taker: rpc.Role.TAKER,
  agent: rpc.Role.AGENT,
};

/** What one journal holds of one sender, in its order. */
export const heardFrom = ({ history }: rpc.Trade, sender: PartyName): BodyType[] =>
  history
    .filter(({ kind, from }) => from === ROLE[sender] && SAID.includes(kind as BodyType))
    .map(({ kind }) => kind as BodyType);

/** Where a message stands twice, or before one that was sent earlier; empty = nowhere. */
export function outOfOrder(views: Record<PartyName, rpc.Trade>): string[] {
  return PARTIES.flatMap((party) =>
    PARTIES.filter((sender) => sender !== party).flatMap((sender) => {
      const heard = heardFrom(views[party], sender);
      const places = heard.map((kind) => SAID.indexOf(kind));
      const rises = places.every((place, index) => index === 0 || place > (places[index - 1] ?? 0));
      return rises ? [] : [`the ${party} heard of the ${sender}: ${heard.join(', ')}`];
    }),
  );
}
