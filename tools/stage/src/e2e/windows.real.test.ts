/** One walk through the heights of a trade: the last block that still counts, and the first one that doesn't. */
import type { rpc } from '@tercet/protocol';
import { measure } from '../bench/figures.js';
import { NO_CEILING } from '../stage/ceilings.js';
import { startTrade, type DirectionWord, type ShapeWord, type StagedTrade } from '../stage/trade.js';
import { Books, type End } from './support/accounts.js';
import { howItEnded, useLnds, viewsOf } from './support/agreement.js';
import { codeOf } from './support/calls.js';
import { Gate } from './support/gate.js';
import { mineTo } from './support/heights.js';
import { useScene } from './support/scene.js';

// The agent reaches the taker by a channel of their own, the maker over one node between.
const scene = useScene(
  { maker: NO_CEILING, taker: NO_CEILING, agent: NO_CEILING },
  { network: { direct: [['agent', 'taker']] } },
);
const lnds = useLnds(scene);

/** Where the trade waits for its height. */
type Waits = 'asking' | 'performing' | 'answering';
/** What is done at the height; `let` opens the road for a letter that was on its way. */
type Act = 'let' | 'sent' | 'tooLate' | 'release' | 'cancel' | 'look';
/** How the payee of AGENT_HELD came to its sats. */
type Way = 'paid first' | 'settled first' | 'custody';
interface Row {
  at: number;
  name: string;
  shape: ShapeWord;
  direction: DirectionWord;
  waits: Waits;
  act: Act;
  /** Undefined: not over yet. */
  end?: End;
  way?: Way;
}

/** Blocks after h, of the instant preset: SEPA instant takes up to 12 blocks. */
const PERFORM_BY = 51;
const LAST_SENT = PERFORM_BY - 12 - 6;
const GRACE_END = PERFORM_BY + 36;
const ANSWER_BY = 133;
const DECIDE_BY = 328;
/** A - h: cltv_expiry, 3 blocks that lnd adds, less D. */
const A = { AGENT_HELD: 432 + 3 - 18, PEER_HELD: 384 + 3 - 18 };
/** 24 of the final hop, 3 of lnd's, 80 of the node between. */
const ROUTE = 24 + 3 + 80;

const row = (
  [at, name]: [number, string],
  [shape, direction]: [ShapeWord, DirectionWord],
  [waits, act]: [Waits, Act],
  end?: End,
  way?: Way,
): Row => ({ at, name, shape, direction, waits, act, end, way });
/** The payee is the taker, whom the agent reaches directly; or the maker, with one node between. */
const DIRECT: [ShapeWord, DirectionWord] = ['AGENT_HELD', 'maker-sells'];
const HOP: [ShapeWord, DirectionWord] = ['AGENT_HELD', 'maker-buys'];
const PEER: [ShapeWord, DirectionWord] = ['PEER_HELD', 'maker-buys'];
const PEER_TAKER: [ShapeWord, DirectionWord] = ['PEER_HELD', 'maker-sells'];
const EITHER = [HOP, PEER];
const fromA = (n: number): [number, string] => [A.AGENT_HELD - n, n === 0 ? 'A' : `A - ${String(n)}`];
const released = (at: [number, string], kind: [ShapeWord, DirectionWord], way: Way): Row =>
  row(at, kind, ['answering', 'release'], 'paid', way);

const ROWS: Row[] = [
  ...EITHER.flatMap((kind) => [
    row([LAST_SENT, 'performing-until - 18'], kind, ['asking', 'let'], 'paid'),
    row([LAST_SENT, 'performing-until - 18'], kind, ['performing', 'sent'], 'paid'),
    row([LAST_SENT + 1, 'performing-until - 17'], kind, ['asking', 'let']),
    row([LAST_SENT + 1, 'performing-until - 17'], kind, ['performing', 'tooLate']),
  ]),
  released([ANSWER_BY, 'answer-by'], HOP, 'paid first'),
  row([ANSWER_BY, 'answer-by'], PEER, ['answering', 'release'], 'paid'),
  released(fromA(24 + ROUTE), HOP, 'paid first'),
  released(fromA(24 + ROUTE - 1), HOP, 'settled first'),
  row([DECIDE_BY - 1, 'decide-by - 1'], PEER, ['answering', 'release'], 'paid'),
  row([DECIDE_BY - 1, 'decide-by - 1'], PEER, ['answering', 'cancel'], 'back'),
  row([DECIDE_BY, 'decide-by'], PEER, ['answering', 'look'], 'default'),
  // lnd wants a block beyond the final CLTV and its own three, so a direct route fits until A - 52.
  released(fromA(52), DIRECT, 'paid first'),
  released(fromA(51), DIRECT, 'settled first'),
  released(fromA(50), DIRECT, 'settled first'),
  released(fromA(36), HOP, 'settled first'),
  row(fromA(25), DIRECT, ['answering', 'cancel'], 'back'),
  released(fromA(24), HOP, 'custody'),
  row(fromA(24), DIRECT, ['answering', 'cancel'], 'back'),
  released(fromA(1), DIRECT, 'custody'),
  released(fromA(0), HOP, 'custody'),
].sort((one, other) => one.at - other.at);

describe('S5 S14 S45 S47 S59 the last block of every window', () => {
  const trades = new Map<Row, StagedTrade>();
  const ends: [StagedTrade, End][] = [];
  /** Released at decide-by - 1, the preimage on its way: to arrive at A - 1, and at A. */
  const onTheRoad: StagedTrade[] = [];
  let asking: Gate;
  let books: Books;
  let h = 0;

  const of = (one: Row): StagedTrade => {
    const trade = trades.get(one);
    if (!trade) throw new Error(`no trade for ${one.name}`);
    return trade;
  };
  const begin = async (shape: ShapeWord, direction: DirectionWord, waits: Waits): Promise<StagedTrade> => {
    const trade = await startTrade(scene().stage, {
      ...{ shape, direction, amountSat: 20_000, windows: 'instant' },
    });
    const { heights } = await trade.reaches(
      trade.payee,
      'engine',
      waits === 'asking' ? 'asking' : 'performing',
    );
    expect((heights?.endHeight ?? 0) - (heights?.acceptedHeight ?? 0)).toBe(A[shape]);
    expect(heights?.acceptedHeight).toBe(h);
    if (waits !== 'answering') return trade;
    await trade.sent();
    await trade.reaches(trade.payer, 'engine', 'answering');
    await trade.reaches('agent', 'engine', 'performed');
    return trade;
  };

  beforeAll(async () => {
    const { network, posts } = scene();
    books = await Books.open(scene());
    h = await network.height();
    const prepare = async (rows: Row[]): Promise<void> => {
      await measure(rows.length, 4, async (index) => {
        const one = rows[index];
        if (one) trades.set(one, await begin(one.shape, one.direction, one.waits));
      });
    };
    asking = new Gate(posts.agent, ['performing']);
    await prepare(ROWS.filter(({ waits }) => waits === 'asking'));
    posts.agent.use();
    await prepare(ROWS.filter(({ waits }) => waits !== 'asking'));
    await measure(2, 2, async () => {
      onTheRoad.push(await begin(...PEER_TAKER, 'answering'));
    });
  }, 120_000);

  const walkTo = (blocks: number): Promise<void> => mineTo(scene(), h + blocks);
  const over = async (trade: StagedTrade, end: End): Promise<void> => {
    expect(await howItEnded(trade, lnds())).toBe(end === 'back' ? 'back' : 'paid');
    ends.push([trade, end]);
  };

  const ACTS: Record<Act, (trade: StagedTrade, end?: End) => Promise<void>> = {
    sent: async (trade) => {
      await trade.sent();
      await ACTS.release(trade);
    },
    let: async (trade, end) => {
      asking.open(trade.tradeId);
      if (end) {
        await trade.reaches(trade.payee, 'engine', 'performing');
        await ACTS.sent(trade);
        return;
      }
      await trade.reaches(trade.payee, 'engine', 'tooLate');
      expect((await trade.view(trade.payee))?.fiatDetails).toBe('');
    },
    tooLate: async (trade) => {
      expect(await codeOf(trade.sent())).toBe('TOO_LATE_TO_PAY');
      expect((await trade.view(trade.payee))?.fiatDetails).toBe('');
    },
    release: async (trade) => {
      // Endangered: settled into custody without a release.
      await trade.reaches(trade.payer, 'engine', 'answering', 'unanswered', 'endangered');
      await trade.release();
    },
    cancel: (trade) => trade.cancel(trade.payee, true),
    look: () => Promise.resolve(),
  };

  const walked = (upTo: number, from = 0): void => {
    const rows = ROWS.filter(({ at }) => at > from && at <= upTo);
    test.each(rows.map((one) => [one.name, one.shape, one.act, one] as const))(
      '%s, %s: %s',
      async (_, __, act, one) => {
        await walkTo(one.at);
        const trade = of(one);
        await ACTS[act](trade, one.end);
        if (one.end) await over(trade, one.end);
        if (one.way) expect(wayOf(await viewsOf(trade))).toBe(one.way);
      },
    );
  };

  /** Trades that nobody may pay for any more, refunded at a height and not a block before. */
  const returned = (act: Act, at: number): void => {
    test(`not sent in time (${act}): still held a block before, back at h + ${String(at)}`, async () => {
      const late = ROWS.filter((one) => one.act === act && one.end === undefined).map(of);
      await walkTo(at - 1);
      for (const trade of late) expect((await trade.view('agent'))?.ended).toBe(false);
      await walkTo(at);
      for (const trade of late) await over(trade, 'back');
    });
  };

  walked(LAST_SENT + 1);
  returned('let', PERFORM_BY);
  returned('tooLate', GRACE_END);
  walked(DECIDE_BY - 2, GRACE_END);

  let preimages: Gate;
  test('decide-by - 1, PEER_HELD: released, and the preimage lies on the road', async () => {
    await walkTo(DECIDE_BY - 1);
    preimages = new Gate(scene().posts.taker, ['preimage']);
    for (const trade of onTheRoad) {
      await trade.release();
      await preimages.reached(1, trade.tradeId);
    }
  });
  walked(A.PEER_HELD - 2, DECIDE_BY - 2);

  test.each([
    ['A - 1, PEER_HELD: the preimage arrives, and the hold is settled', A.PEER_HELD - 1, 0, 'paid'],
    ['S34 S56 A, PEER_HELD: it comes too late; the payer owes, and pays', A.PEER_HELD, 1, 'default'],
  ] as const)('%s', async (_, at, index, end) => {
    const trade = onTheRoad[index];
    if (!trade) throw new Error('no trade on the road');
    await walkTo(at);
    preimages.open(trade.tradeId);
    await over(trade, end);
    const holds = (await trade.view(trade.payee))?.ledger.filter(({ kind }) => kind === 'hold');
    expect(holds).toMatchObject([{ status: end === 'paid' ? 'settled' : 'cancelled' }]);
  });
  walked(A.AGENT_HELD, A.PEER_HELD);

  test('S10: every millisatoshi is where these ends say; nobody has both', async () => {
    expect(ends).toHaveLength(ROWS.length + onTheRoad.length);
    await books.balance(ends);
  });
});

/** Read from what the agent's node said, in its order, and from what the payer was told. */
function wayOf({ agent, maker, taker }: Record<'agent' | 'maker' | 'taker', rpc.Trade>): Way {
  const kinds = agent.history.map(({ kind }) => kind);
  const told = [...maker.history, ...taker.history].some(({ kind }) => kind === 'custody');
  if (told) return 'custody';
  return kinds.lastIndexOf('paymentPaid') < kinds.lastIndexOf('holdSettled') ? 'paid first' : 'settled first';
}
