/** Redis that hangs or is full, a burst of blocks, a clock that is set by a day: real daemons, on real nodes. */
import { setTimeout } from 'node:timers/promises';
import { rpc } from '@tercet/protocol';
import { allowMemory, redisOf } from '../stage/daemon-redis.js';
import { NO_CEILING } from '../stage/ceilings.js';
import { PARTIES, type PartyName } from '../stage/layout.js';
import { MachineClock } from '../stage/machine-clock.js';
import { completeTrade, ended, startTrade, type StagedTrade, type TradeSpec } from '../stage/trade.js';
import { untilTrue } from '../stage/wait.js';
import { Books } from './support/accounts.js';
import { counted, useScene } from './support/scene.js';
import { warns } from './support/watching.js';

const clock = new MachineClock();
const settings = { ...NO_CEILING, reconcileSeconds: 5 };
const scene = useScene({ maker: settings, taker: settings, agent: settings }, { env: clock.env });
afterAll(() => clock.remove());

const OUTAGE_MS = 60_000;
const SPECS: TradeSpec[] = [
  { shape: 'AGENT_HELD', direction: 'maker-sells' },
  { shape: 'PEER_HELD', direction: 'maker-buys' },
];
const daemon = (party: PartyName) => scene().stage.daemons[party];
const redis = (party: PartyName) => redisOf(daemon(party));
const eachParty = (work: (party: PartyName) => Promise<void>) => Promise.all(PARTIES.map(work));

/** One of each shape, in which the payee may pay. */
const trades = () =>
  Promise.all(
    SPECS.map(async (spec) => {
      const trade = await startTrade(scene().stage, spec);
      await trade.reaches(trade.payee, 'engine', 'performing');
      return trade;
    }),
  );
/** From "sent" on, as agreed. */
async function finish(trade: StagedTrade): Promise<void> {
  await trade.reaches(trade.payer, 'engine', 'answering');
  await trade.release();
  await ended(trade);
}
const allPaid = (books: Books, all: StagedTrade[]) =>
  books.balance(all.map((trade) => [trade, 'paid'] as [StagedTrade, 'paid']));

const jobsReady = (party: PartyName) => counted(scene().metrics[party], 'tercet_jobs_ready');
const everyQueueIs = (ready: 0 | 1) =>
  untilTrue(`tercet_jobs_ready is ${String(ready)} at all three`, async () => {
    const all = await Promise.all(PARTIES.map(jobsReady));
    return all.every((one) => one === ready);
  });
async function warnings(party: PartyName): Promise<string> {
  const client = await daemon(party).client(rpc.DaemonServiceDefinition);
  return (await client.getStatus({})).warnings.join(' ');
}

describe('S23 Redis in the middle of trades of both shapes', () => {
  test(
    'hangs for 60 s, and the agent dies meanwhile: what was sent arrives without it, and all is paid',
    async () => {
      const books = await Books.open(scene());
      const all = await trades();
      const stopped = await Promise.all(PARTIES.map(redis));
      for (const { pid } of stopped) process.kill(pid, 'SIGSTOP');
      const since = Date.now();
      await everyQueueIs(0);
      await daemon('agent').kill();
      for (const trade of all) await trade.sent();
      for (const trade of all) await warns(trade, trade.payee, /message to the agent has not arrived/);
      expect(await warnings('maker')).toMatch(/Redis does not answer/);
      // Its own Redis hung when it died: it is ended, and another one started, which hangs as well.
      await daemon('agent').start();
      const again = await redis('agent');
      process.kill(again.pid, 'SIGSTOP');
      for (const trade of all) await trade.reaches('agent', 'engine', 'performed');
      await finish(all[0] as StagedTrade);
      await setTimeout(since + OUTAGE_MS - Date.now());
      for (const { pid } of [...stopped.filter((_, index) => PARTIES[index] !== 'agent'), again])
        process.kill(pid, 'SIGCONT');
      await everyQueueIs(1);
      await finish(all[1] as StagedTrade);
      await allPaid(books, all);
    },
    3 * OUTAGE_MS,
  );

  test('full: it is told, messages are tried again and trades end without it, and it heals by itself', async () => {
    const books = await Books.open(scene());
    const all = await trades();
    await eachParty(async (party) => allowMemory(await redis(party), 1));
    await everyQueueIs(0);
    await scene().posts.agent.down();
    for (const trade of all) await trade.sent();
    for (const trade of all) await warns(trade, trade.payee, /message to the agent has not arrived/);
    expect(await warnings('taker')).toMatch(/refuses writes/);
    await scene().posts.agent.up();
    for (const trade of all) await finish(trade);
    await allPaid(books, all);
    await eachParty(async (party) => allowMemory(await redis(party), 0));
    await everyQueueIs(1);
    expect(await warnings('taker')).toBe('');
  });
});

/** By how many days a daemon was ahead of the real time when it took the last step of a trade. */
async function clockOf(trade: StagedTrade, party: PartyName): Promise<number> {
  const last = (await trade.view(party))?.history.at(-1);
  return (Number(last?.timeMs ?? 0n) - Date.now()) / 86_400_000;
}

describe('the clock of all daemons is set by a day, and back by two', () => {
  test.each(SPECS)(
    'S14 $shape: while sats are locked heights decide, and the trade is paid',
    async (spec) => {
      const books = await Books.open(scene());
      const trade = await startTrade(scene().stage, spec);
      await trade.reaches(trade.payee, 'engine', 'performing');
      await clock.set(1);
      await scene().posts.agent.down();
      await trade.sent();
      await warns(trade, trade.payee, /message to the agent has not arrived/);
      expect(await clockOf(trade, trade.payee)).toBeCloseTo(1, 1);
      await clock.set(-1);
      await scene().posts.agent.up();
      await trade.reaches('agent', 'engine', 'performed');
      expect(await clockOf(trade, 'agent')).toBeCloseTo(-1, 1);
      await finish(trade);
      await clock.set(0);
      // What was put off and kept by clocks of another day holds up nothing that begins now.
      const next = await startTrade(scene().stage, spec);
      await completeTrade(next);
      await allPaid(books, [trade, next]);
    },
  );
});

describe('S14 S45 a burst of blocks', () => {
  /** All at once: the nodes, and the daemons behind them, see them as fast as they can. */
  async function mineAtOnceTo(height: number): Promise<void> {
    const { network } = scene();
    await network.chain.call('generate', [height - (await network.height())]);
  }
  /** Deadlines that a party took; a ruling that overtook its blocks is taken when they are there, or needs no such wait. */
  const dueOf = async (trade: StagedTrade, party: PartyName): Promise<string[]> =>
    ((await trade.view(party))?.history ?? []).flatMap(({ deadline }) =>
      deadline === '' || deadline === 'escrow.ruled' ? [] : [deadline],
    );

  test('over answer-by, decide-by and A - 24: every deadline once, each trade ends as it should', async () => {
    const books = await Books.open(scene());
    const [held, peerHeld] = await Promise.all(
      SPECS.map(async (spec) => {
        const trade = await startTrade(scene().stage, { ...spec, windows: 'instant' });
        await trade.reaches(trade.payee, 'engine', 'performing');
        await trade.sent();
        await trade.reaches(trade.payer, 'engine', 'answering');
        await trade.reaches('agent', 'engine', 'performed');
        return trade;
      }),
    );
    if (!held || !peerHeld) throw new Error('no trades');
    const heights = (await held.view('agent'))?.heights;
    const decideBy = (await peerHeld.view('agent'))?.heights?.decideByHeight ?? 0;
    await mineAtOnceTo(decideBy);
    await ended(peerHeld);
    await mineAtOnceTo((heights?.endHeight ?? 0) - 24);
    await held.reaches('agent', 'escrow', 'custody');
    await held.reaches(held.payer, 'escrow', 'custody');
    expect(await dueOf(held, held.payer)).toEqual(['engine.answerBy']);
    expect(await dueOf(peerHeld, peerHeld.payer)).toEqual(['engine.answerBy']);
    expect((await dueOf(held, 'agent')).sort()).toEqual(['engine.decideBy', 'escrow.forcedSettle']);
    expect(await dueOf(peerHeld, 'agent')).toEqual(['engine.decideBy']);
    await held.release();
    await ended(held);
    await books.balance([
      [held, 'paid'],
      [peerHeld, 'default'],
    ]);
  });
});
