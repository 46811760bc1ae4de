/** Things that happen at the same moment: one of them wins, everywhere alike, and nothing is paid twice. */
import { setTimeout as pause } from 'node:timers/promises';
import { connectLnd, type LightningNode } from '@tercet/lightning';
import type { PaymentHash, rpc } from '@tercet/protocol';
import { measure } from '../bench/figures.js';
import { NO_CEILING } from '../stage/ceilings.js';
import { ofEach, PARTIES, type PartyName } from '../stage/layout.js';
import { ended, startTrade, type ShapeWord, type StagedTrade } from '../stage/trade.js';
import { Books, type End } from './support/accounts.js';
import { useScene } from './support/scene.js';

const scene = useScene({ maker: NO_CEILING, taker: NO_CEILING, agent: NO_CEILING });

let lnd: Record<PartyName, LightningNode>;
beforeAll(async () => {
  lnd = await ofEach((party) => {
    const {
      rpcSocket: socket,
      tlsCertPath: certPath,
      adminMacaroonPath: macaroonPath,
    } = scene().network.node(party);
    return Promise.resolve(connectLnd({ socket, certPath, macaroonPath }));
  });
});
afterAll(() => {
  for (const party of PARTIES) lnd[party].close();
});

/** Lines of a party's account book of which its own lnd says something else. */
async function disagreements(party: PartyName, { ledger }: rpc.Trade): Promise<string[]> {
  const wrong: string[] = [];
  for (const { kind, hash, status, purpose } of ledger) {
    const asked = hash as PaymentHash;
    const node = lnd[party];
    const { state } = await (kind === 'payment' ? node.lookUpPayment(asked) : node.lookUpInvoice(asked));
    // A payment that was refused before it was sent is none to lnd.
    const isSame = state === status || (kind === 'payment' && state === 'absent' && status === 'failed');
    if (!isSame) wrong.push(`${party}, ${purpose} ${kind}: ${status} in the book, ${state} at lnd`);
  }
  return wrong;
}

async function viewsOf(trade: StagedTrade): Promise<Record<PartyName, rpc.Trade>> {
  return ofEach(async (party) => {
    const view = await trade.view(party);
    if (!view) throw new Error(`the ${party} does not know the trade`);
    return view;
  });
}

/** How a trade that is over ended; fails where the three, or one and its lnd, don't say the same. */
async function howItEnded(trade: StagedTrade): Promise<End> {
  await ended(trade);
  const views = await viewsOf(trade);
  const wrong = await Promise.all(PARTIES.map((party) => disagreements(party, views[party])));
  expect(wrong.flat()).toEqual([]);
  const ends = PARTIES.map((party) => (views[party].states['engine'] === 'refunded' ? 'back' : 'paid'));
  expect(new Set(ends).size).toBe(1);
  return ends[0] ?? 'paid';
}

async function answering(shape: ShapeWord, index: number): Promise<StagedTrade> {
  const direction = index % 2 === 0 ? 'maker-sells' : 'maker-buys';
  const trade = await startTrade(scene().stage, { shape, direction, amountSat: 20_000 });
  await trade.reaches(trade.payee, 'engine', 'performing');
  await trade.sent();
  await trade.reaches(trade.payer, 'engine', 'answering');
  return trade;
}

describe('S7 S20 release and cancel in the same moment', () => {
  test.each<[ShapeWord]>([['AGENT_HELD'], ['PEER_HELD']])(
    '%s, 50 times: one wins, and journals, lnd and balances agree',
    async (shape) => {
      const books = await Books.open(scene());
      const trades: [StagedTrade, End][] = [];
      await measure(50, 6, async (index) => {
        const trade = await answering(shape, index);
        // Which of them is a little earlier changes from trade to trade.
        const [first, second] = index % 3 === 0 ? [trade.payer, trade.payee] : [trade.payee, trade.payer];
        const act = (party: PartyName) =>
          party === trade.payer ? trade.release() : trade.cancel(trade.payee, true);
        const acts = await Promise.allSettled([act(first), pause(4 * (index % 5)).then(() => act(second))]);
        // Whoever came too late was told so; somebody was not.
        expect(acts.some(({ status }) => status === 'fulfilled')).toBe(true);
        trades.push([trade, await howItEnded(trade)]);
      });
      // Else it would have been no race.
      expect(new Set(trades.map(([, end]) => end))).toEqual(new Set(['back', 'paid']));
      await books.balance(trades);
    },
    240_000,
  );
});

describe('S1 S2 a payout fails, a fresh invoice comes, and daemons start again, all at once', () => {
  test.each([0, 80, 160, 320])(
    'agent and payee killed %i ms after the release: paid exactly once',
    async (afterMs) => {
      const books = await Books.open(scene());
      const trade = await answering('AGENT_HELD', afterMs / 80);
      const { ledger } = (await viewsOf(trade))[trade.payee];
      const payout = ledger.find(({ purpose, kind }) => purpose === 'payout' && kind === 'invoice');
      // Gone at the payee's node: the first try fails, and another invoice is asked for.
      await lnd[trade.payee].cancelHold(payout?.hash as PaymentHash);
      const { daemons } = scene().stage;
      await trade.release();
      await pause(afterMs);
      await Promise.all(
        (['agent', trade.payee] as const).map(async (party) => {
          await daemons[party].kill();
          await daemons[party].start();
        }),
      );
      expect(await howItEnded(trade)).toBe('paid');
      const paid = (await viewsOf(trade)).agent.ledger.filter(
        ({ purpose, kind, status }) => purpose === 'payout' && kind === 'payment' && status === 'paid',
      );
      expect(paid).toHaveLength(1);
      await books.balance([[trade, 'paid']]);
    },
    120_000,
  );
});
