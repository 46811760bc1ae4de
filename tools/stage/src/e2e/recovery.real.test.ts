/** Everything else that can go away in the middle of a trade: orderly stops, Redis, nodes, a daemon over messages or blocks. */
import { getChannels } from 'lightning';
import { PARTIES, type PartyName } from '../stage/layout.js';
import { startTrade, type StagedTrade, type TradeSpec } from '../stage/trade.js';
import { untilTrue } from '../stage/wait.js';
import { useGround } from './fire/ground.js';
import { flush, redisOf } from '../stage/daemon-redis.js';

const MINUTES_MS = 5 * 60_000;

const SELLS: TradeSpec = { shape: 'AGENT_HELD', direction: 'maker-sells' };
const BUYS: TradeSpec = { shape: 'PEER_HELD', direction: 'maker-buys' };
const SPECS = [SELLS, BUYS];

describe('what goes away in the middle of a trade', () => {
  const ground = useGround();
  const daemon = (party: PartyName) => ground().stage.daemons[party];

  /** A trade whose escrow is held, with the payee free to send fiat. */
  async function held(spec: TradeSpec): Promise<StagedTrade> {
    const trade = await startTrade(ground().stage, spec);
    await trade.reaches(trade.payee, 'engine', 'performing');
    return trade;
  }

  test.each(SPECS)(
    'S7 S8 S26: SIGTERM to each daemon at work ends it in order, with exit code 0, $shape',
    async (spec) => {
      const codes: (number | null)[] = [];
      const stopAt = (party: PartyName, kind: string) => {
        ground().at(party, { kind, nth: 1 }, () => {
          const restart = async () => {
            codes.push(await daemon(party).stop());
            await daemon(party).start();
          };
          ground().meanwhile(restart());
        });
      };
      stopAt('agent', 'invoicePaid');
      stopAt('taker', 'retained');
      stopAt('maker', 'locked');
      const trade = await startTrade(ground().stage, spec);
      await ground().finish(trade);
      expect(codes).toEqual([0, 0, 0]);
    },
    MINUTES_MS,
  );

  test.each(SPECS)(
    'S23: Redis emptied and killed under every daemon while a message waits in it, $shape',
    async (spec) => {
      const trade = await held(spec);
      await daemon('agent').kill();
      // What the payee says can't reach the agent now: its next try lies in the payee's queue.
      await trade.sent();
      await untilTrue('the payee tells that its message waits', async () => {
        return ((await trade.view(trade.payee))?.warnings.length ?? 0) > 0;
      });
      await flush(await redisOf(daemon(trade.payee)));
      process.kill((await redisOf(daemon(trade.payer))).pid, 'SIGKILL');
      await daemon('agent').start();
      for (const party of PARTIES) process.kill((await redisOf(daemon(party))).pid, 'SIGKILL');
      await ground().finish(trade);
    },
    MINUTES_MS,
  );

  test.each(SPECS.flatMap((spec) => PARTIES.map((party) => ({ ...spec, party }))))(
    'S23: the lnd of the $party restarted while the escrow is held, $shape',
    async ({ party, ...spec }) => {
      const trade = await held(spec);
      const node = ground().network.node(party);
      await node.stop();
      await node.start();
      await untilTrue(`the channel of the ${party} is active again`, async () => {
        const { channels } = await getChannels({ lnd: node.lnd });
        return channels.length > 0 && channels.every((channel) => channel.is_active);
      });
      await ground().finish(trade);
    },
    MINUTES_MS,
  );

  test.each(SPECS)(
    'S14 S23 S59: a deadline that passes while the agent is down is carried out when it is back and has listened, $shape',
    async (spec) => {
      const trade = await held(spec);
      await daemon('agent').kill();
      const view = await trade.view(trade.payee);
      const grace = (view?.performingUntilHeight ?? 0) + 36;
      await ground().network.mine(grace + 1 - (await ground().network.height()));
      await daemon('agent').start();
      await ground().network.mine(36);
      await ground().finish(trade, 'refunded');
    },
    MINUTES_MS,
  );

  test.each(SPECS)(
    'S47 S56: "sent" that lay in an outbox while the agent was down over the end of the window is heard first, $shape',
    async (spec) => {
      const trade = await held(spec);
      await daemon('agent').kill();
      await trade.sent();
      const view = await trade.view(trade.payee);
      const grace = (view?.performingUntilHeight ?? 0) + 36;
      await ground().network.mine(grace + 1 - (await ground().network.height()));
      await daemon('agent').start();
      await trade.reaches('agent', 'engine', 'performed');
      await trade.release();
      await ground().finish(trade);
    },
    MINUTES_MS,
  );
});
