/** Things that happen at the same moment: one of them wins, everywhere alike, and nothing is paid twice. */
import { setTimeout as pause } from 'node:timers/promises';
import type { PaymentHash } from '@tercet/protocol';
import { measure } from '../bench/figures.js';
import { NO_CEILING } from '../stage/ceilings.js';
import type { PartyName } from '../stage/layout.js';
import { startTrade, type ShapeWord, type StagedTrade } from '../stage/trade.js';
import { Books, type End } from './support/accounts.js';
import { howItEnded, useLnds, viewsOf } from './support/agreement.js';
import { useScene } from './support/scene.js';

const scene = useScene({ maker: NO_CEILING, taker: NO_CEILING, agent: NO_CEILING });

const lnds = useLnds(scene);

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
        trades.push([trade, await howItEnded(trade, lnds())]);
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
      await lnds()[trade.payee].cancelHold(payout?.hash as PaymentHash);
      const { daemons } = scene().stage;
      await trade.release();
      await pause(afterMs);
      await Promise.all(
        (['agent', trade.payee] as const).map(async (party) => {
          await daemons[party].kill();
          await daemons[party].start();
        }),
      );
      expect(await howItEnded(trade, lnds())).toBe('paid');
      const paid = (await viewsOf(trade)).agent.ledger.filter(
        ({ purpose, kind, status }) => purpose === 'payout' && kind === 'payment' && status === 'paid',
      );
      expect(paid).toHaveLength(1);
      await books.balance([[trade, 'paid']]);
    },
    120_000,
  );
});
