/** That three journals and three nodes say the same of a trade that is over. */
import { connectLnd, type LightningNode } from '@tercet/lightning';
import type { PaymentHash, rpc } from '@tercet/protocol';
import { ofEach, PARTIES, type PartyName } from '../../stage/layout.js';
import { ended, type StagedTrade } from '../../stage/trade.js';
import type { Scene } from './scene.js';

type Views = Record<PartyName, rpc.Trade>;

/** Each party's own lnd, as its daemon sees it; connected before the tests of a file and closed after them. */
export function useLnds(scene: () => Pick<Scene, 'network'>): () => Record<PartyName, LightningNode> {
  let lnd: Record<PartyName, LightningNode> | undefined;
  const all = () => {
    if (!lnd) throw new Error('the nodes are not connected yet');
    return lnd;
  };
  beforeAll(async () => {
    lnd = await ofEach((party) => {
      const { rpcSocket, tlsCertPath, adminMacaroonPath } = scene().network.node(party);
      return Promise.resolve(
        connectLnd({ socket: rpcSocket, certPath: tlsCertPath, macaroonPath: adminMacaroonPath }),
      );
    });
  });
  afterAll(() => {
    for (const party of PARTIES) all()[party].close();
  });
  return all;
}

/** What all three daemons show of a trade. */
export const viewsOf = (trade: StagedTrade): Promise<Views> =>
  ofEach(async (party) => {
    const view = await trade.view(party);
    if (!view) throw new Error(`the ${party} does not know the trade`);
    return view;
  });

/** Lines of a party's account book of which its own lnd says something else. */
async function disagreements(lnd: LightningNode, party: PartyName, { ledger }: rpc.Trade): Promise<string[]> {
  const wrong: string[] = [];
  for (const { kind, hash, status, purpose } of ledger) {
    const asked = hash as PaymentHash;
    const { state } = await (kind === 'payment' ? lnd.lookUpPayment(asked) : lnd.lookUpInvoice(asked));
    // A payment that was refused before it was sent is none to lnd.
    const isSame = state === status || (kind === 'payment' && state === 'absent' && status === 'failed');
    if (!isSame) wrong.push(`${party}, ${purpose} ${kind}: ${status} in the book, ${state} at lnd`);
  }
  return wrong;
}

/** Waits for the end and tells which it was; fails where the three, or one and its lnd, don't say the same. */
export async function howItEnded(
  trade: StagedTrade,
  lnd: Record<PartyName, LightningNode>,
): Promise<'back' | 'paid'> {
  await ended(trade);
  const views = await viewsOf(trade);
  const wrong = await Promise.all(PARTIES.map((party) => disagreements(lnd[party], party, views[party])));
  expect(wrong.flat()).toEqual([]);
  const ends = await ofEach((party) => Promise.resolve(endAt(views[party])));
  expect(ends).toEqual({ maker: ends.agent, taker: ends.agent, agent: ends.agent });
  return ends.agent;
}

/** A trade that never was locked ends in its deal: the sats are where they were. */
const endAt = ({ states }: rpc.Trade): 'back' | 'paid' =>
  ['released', 'done'].includes(states['engine'] ?? '') ? 'paid' : 'back';
