/** Messages to a daemon that is down, and of daemons that die with them: each arrives once, in order, and the trade ends. */
import type { PaymentHash, rpc } from '@tercet/protocol';
import { PARTIES, type PartyName } from '../stage/layout.js';
import { startTrade, type StagedTrade, type TradeSpec } from '../stage/trade.js';
import { untilTrue } from '../stage/wait.js';
import type { Outcome } from './fire/audit.js';
import { useGround } from './fire/ground.js';
import { heardFrom, outOfOrder } from './fire/order.js';
import { useLnds, viewsOf } from './support/agreement.js';

const MINUTES_MS = 5 * 60_000;

type Seat = 'agent' | 'payer' | 'payee';
const SPECS: TradeSpec[] = [
  { shape: 'AGENT_HELD', direction: 'maker-sells' },
  { shape: 'PEER_HELD', direction: 'maker-buys' },
];
const each = <T extends object>(rows: T[]) =>
  SPECS.flatMap((spec) => rows.map((one) => ({ ...spec, ...one })));

describe('S26 messages and daemons that are down', () => {
  const ground = useGround();
  const lnds = useLnds(() => ground());
  const partyOf = (trade: Pick<StagedTrade, 'payer' | 'payee'>, seat: Seat): PartyName =>
    seat === 'agent' ? 'agent' : trade[seat];
  const daemon = (trade: StagedTrade, seat: Seat) => ground().stage.daemons[partyOf(trade, seat)];

  /** A trade whose escrow is held, with the payee free to send fiat. */
  async function held(spec: TradeSpec): Promise<StagedTrade> {
    const trade = await startTrade(ground().stage, spec);
    await trade.reaches(trade.payee, 'engine', 'performing');
    await trade.reaches(trade.payer, 'engine', 'performing');
    return trade;
  }
  async function answering(spec: TradeSpec): Promise<StagedTrade> {
    const trade = await held(spec);
    await trade.sent();
    await trade.reaches(trade.payer, 'engine', 'answering');
    await trade.reaches('agent', 'engine', 'performed');
    return trade;
  }
  async function whileDown(trade: StagedTrade, seat: Seat, say: () => Promise<void>): Promise<void> {
    await daemon(trade, seat).kill();
    await say();
    await daemon(trade, seat).start();
  }
  /** To its end; no message is missing, doubled, out of order, or still waits. */
  async function finish(
    trade: StagedTrade,
    outcome: Outcome = 'released',
  ): Promise<Record<PartyName, rpc.Trade>> {
    await ground().finish(trade, outcome);
    await untilTrue('no message waits', async () => {
      const all = await Promise.all(PARTIES.map((party) => trade.view(party)));
      return all.every((view) => view?.warnings.length === 0);
    });
    const views = await viewsOf(trade);
    expect(outOfOrder(views)).toEqual([]);
    return views;
  }

  test.each(SPECS)(
    'agent down: "sent" and release reach it when it is back, $shape',
    async (spec) => {
      const trade = await held(spec);
      await whileDown(trade, 'agent', async () => {
        await trade.sent();
        await trade.reaches(trade.payer, 'engine', 'answering');
        await trade.release();
      });
      const { agent } = await finish(trade);
      expect(heardFrom(agent, trade.payee)).toContain('fiatSent');
      expect(heardFrom(agent, trade.payer)).toContain('release');
    },
    MINUTES_MS,
  );

  test.each(SPECS)(
    'agent down: "sent", then a cancel of the same payee, both in their order, $shape',
    async (spec) => {
      const trade = await held(spec);
      await whileDown(trade, 'agent', async () => {
        await trade.sent();
        await trade.cancel(trade.payee, true);
      });
      const { agent } = await finish(trade, 'refunded');
      expect(heardFrom(agent, trade.payee)).toEqual(expect.arrayContaining(['fiatSent', 'cancelRequest']));
    },
    MINUTES_MS,
  );

  test.each(each([{ says: 'sent' }, { says: 'cancel' }] as const))(
    'payer down: "$says" of the payee is known to it when it is back, $shape',
    async ({ says, ...spec }) => {
      const trade = await held(spec);
      await whileDown(trade, 'payer', async () => {
        if (says === 'sent') await trade.sent();
        else await trade.cancel(trade.payee);
        await trade.reaches('agent', 'engine', says === 'sent' ? 'performed' : 'refunded', 'refunding');
      });
      if (says === 'sent') await trade.reaches(trade.payer, 'engine', 'answering');
      await finish(trade, says === 'sent' ? 'released' : 'refunded');
    },
    MINUTES_MS,
  );

  test.each(SPECS)(
    'payee down: release, and what the agent makes of it, $shape',
    async (spec) => {
      const trade = await answering(spec);
      await whileDown(trade, 'payee', async () => {
        await trade.release();
        await trade.reaches('agent', 'engine', 'releasing', 'released');
      });
      const views = await finish(trade);
      expect(heardFrom(views[trade.payee], trade.payer)).toContain('release');
    },
    MINUTES_MS,
  );

  test.each(SPECS)(
    'payee down before it has the fiat details: the payer cancels, and it learns of the end, $shape',
    async (spec) => {
      let down: Promise<void> | undefined;
      const payee = spec.direction === 'maker-sells' ? 'taker' : 'maker';
      ground().at(payee, { kind: 'locked', nth: 1 }, () => {
        down = ground().stage.daemons[payee].kill();
      });
      const trade = await startTrade(ground().stage, spec);
      await trade.reaches(trade.payer, 'engine', 'locked', 'performing');
      await untilTrue('the payee is killed', () => Promise.resolve(down !== undefined));
      await down;
      await trade.cancel(trade.payer);
      await trade.reaches('agent', 'engine', 'refunding', 'refunded');
      await daemon(trade, 'payee').start();
      const views = await finish(trade, 'refunded');
      expect(heardFrom(views[payee], 'agent')).toContain('ruling');
    },
    MINUTES_MS,
  );

  test.each(['payee', 'agent'] as const)(
    'AGENT_HELD, %s down: a fresh payout invoice is asked for, given and paid once',
    async (seat) => {
      const trade = await answering({ shape: 'AGENT_HELD', direction: 'maker-sells' });
      const { ledger } = (await trade.view('taker')) ?? { ledger: [] };
      const payout = ledger.find(({ purpose, kind }) => purpose === 'payout' && kind === 'invoice');
      await lnds().taker.cancelHold(payout?.hash as PaymentHash);
      if (seat === 'payee') {
        await whileDown(trade, seat, async () => {
          await trade.release();
          await trade.reaches('agent', 'debt', 'owed');
        });
      } else {
        // The payee has just stored what it is asked; its answer finds nobody.
        ground().at('taker', { kind: 'obligation', nth: 1 }, () => {
          ground().meanwhile(ground().killAndStart('agent'));
        });
        await trade.release();
      }
      const { agent } = await finish(trade);
      expect(heardFrom(agent, 'taker')).toContain('freshInvoice');
    },
    MINUTES_MS,
  );

  test.each(
    each<{ kind: string; sender: Seat; to: Seat }>([
      { kind: 'cmdSent', sender: 'payee', to: 'agent' },
      { kind: 'cmdSent', sender: 'payee', to: 'payer' },
      { kind: 'cmdRelease', sender: 'payer', to: 'agent' },
      { kind: 'cmdRelease', sender: 'payer', to: 'payee' },
      { kind: 'performing', sender: 'agent', to: 'payee' },
      { kind: 'release', sender: 'agent', to: 'payee' },
    ]),
  )(
    'the $sender dies when it has stored $kind, and the $to with it, $shape',
    async ({ kind, sender, to, ...spec }) => {
      const [payer, payee] =
        spec.direction === 'maker-sells' ? (['maker', 'taker'] as const) : (['taker', 'maker'] as const);
      let fell = 0;
      ground().at(partyOf({ payer, payee }, sender), { kind, nth: 1 }, () => {
        for (const seat of [sender, to]) {
          fell += 1;
          ground().meanwhile(ground().killAndStart(partyOf({ payer, payee }, seat)));
        }
      });
      await finish(await startTrade(ground().stage, spec));
      expect(fell).toBe(2);
    },
    MINUTES_MS,
  );
});
