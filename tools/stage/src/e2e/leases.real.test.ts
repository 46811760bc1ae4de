/** The end of the lease, a block to both sides of each of its limits: what is locked counts, the rest comes back. */
import { rpc, type PaymentRequest } from '@tercet/protocol';
import { until } from '@tercet/regtest';
import { NO_CEILING } from '../stage/ceilings.js';
import {
  completeTrade,
  startTrade,
  type ShapeWord,
  type StagedTrade,
  type TradeSpec,
} from '../stage/trade.js';
import { Books, type End } from './support/accounts.js';
import { howItEnded, useLnds } from './support/agreement.js';
import { payByHand } from './support/by-hand.js';
import { Gate } from './support/gate.js';
import { mineTo } from './support/heights.js';
import { useScene } from './support/scene.js';
import { stateOfOffer, whyEnded } from './support/watching.js';

const scene = useScene({ maker: NO_CEILING, taker: NO_CEILING, agent: NO_CEILING });
const lnds = useLnds(scene);

const LEASE = 6;
const PRICE_SAT = 20_000;
const PRICE_MSAT = BigInt(PRICE_SAT) * 1000n;

/**
 * What happens at that height: the payer's daemon hears how to pay, a person pays with another wallet, or the agent hears
 * at last what the payer's node saw of a payment that came in time.
 */
type What = 'daemon' | 'hand' | 'report';
/** Blocks before the lease's end; why the trade ended, where it did. */
type Row = [before: number, shape: ShapeWord, what: What, why?: RegExp];
const ROWS: Row[] = [
  [3, 'AGENT_HELD', 'daemon'],
  [3, 'PEER_HELD', 'daemon'],
  [2, 'AGENT_HELD', 'daemon', /lease is nearly over/],
  [2, 'PEER_HELD', 'daemon', /lease is nearly over/],
  [2, 'AGENT_HELD', 'hand'],
  [2, 'PEER_HELD', 'hand'],
  [2, 'PEER_HELD', 'report'],
  [1, 'AGENT_HELD', 'hand', /came after the lease/],
  [1, 'PEER_HELD', 'hand', /came after the lease/],
  [1, 'PEER_HELD', 'report', /not locked within the lease/],
  [0, 'AGENT_HELD', 'hand', /within the lease/],
  [0, 'PEER_HELD', 'hand', /within the lease/],
];
const nameOf = ([before, shape, what]: Row): string => `${shape} ${what} ${String(before)}`;
const EXTERNAL: TradeSpec = {
  shape: 'AGENT_HELD',
  direction: 'maker-buys',
  amountSat: PRICE_SAT,
  externalWallet: true,
};
const specOf = (shape: ShapeWord, what: What): TradeSpec =>
  shape === 'AGENT_HELD' && what === 'hand'
    ? EXTERNAL
    : { shape, direction: 'maker-sells', amountSat: PRICE_SAT };

/** Pays from the payer's lnd, past its daemon; answers the routing fee. */
async function payPastDaemon(trade: StagedTrade, request: string) {
  return payByHand(scene().network.node(trade.payer), request, [{ mtokens: PRICE_MSAT }]);
}
/** The hold invoice that the payer is to pay with another wallet. */
const requestOf = async (trade: StagedTrade): Promise<string> =>
  (await trade.reaches('taker', 'escrow', 'payingElsewhere')).paymentRequest;

test('S58: held in time at an agent that is down until lease end - 1: not locked, the payer has it back', async () => {
  const { network, stage } = scene();
  const mine = await Books.open(scene());
  const trade = await startTrade(stage, EXTERNAL);
  const request = await requestOf(trade);
  const end = (await network.height()) + LEASE;
  await stage.daemons.agent.kill();
  const payment = await payPastDaemon(trade, request);
  const { hash } = await lnds().agent.decode(request as PaymentRequest);
  await until('the hold is accepted', async () =>
    (await lnds().agent.lookUpInvoice(hash)).state === 'accepted' ? true : undefined,
  );
  await mineTo(scene(), end - 1);
  await stage.daemons.agent.start();
  expect(await payment.ended).toEqual(['failed']);
  expect(await whyEnded(trade, 'taker')).toMatch(/too late to be locked within the lease/);
  expect(await howItEnded(trade, lnds())).toBe('back');
  await mine.balance([[trade, 'back']]);
});

describe('S13 S58: paid in the last blocks of the lease', () => {
  const trades = new Map<string, StagedTrade>();
  /** Who waits where for the height of a trade. */
  const gates = new Map<string, Gate>();
  const requests = new Map<string, string>();
  const ends: [StagedTrade, End][] = [];
  /** Fees that no account book knows: of wallets that the daemons can't read. */
  let feesMsat = 0n;
  let books: Books;
  let leaseEnd = 0;

  const of = (row: Row): StagedTrade => {
    const trade = trades.get(nameOf(row));
    if (!trade) throw new Error(`no trade ${nameOf(row)}`);
    return trade;
  };
  /** All trades of a kind, each until its letter waits at the gate. */
  const begin = async (shape: ShapeWord, what: What, gate?: Gate): Promise<void> => {
    const rows = ROWS.filter((row) => row[1] === shape && row[2] === what);
    await Promise.all(
      rows.map(async (row) => {
        const trade = await startTrade(scene().stage, specOf(shape, what));
        trades.set(nameOf(row), trade);
        if (!gate) {
          requests.set(nameOf(row), await requestOf(trade));
          return;
        }
        gates.set(nameOf(row), gate);
        await gate.reached(1, trade.tradeId);
        const { body } = gate.letter(trade.tradeId).message;
        if (body.type === 'invoice') requests.set(nameOf(row), body.request);
      }),
    );
  };

  beforeAll(async () => {
    const { posts, network } = scene();
    books = await Books.open(scene());
    leaseEnd = (await network.height()) + LEASE;
    await begin('PEER_HELD', 'report', new Gate(posts.agent, ['payerExpiry']));
    posts.agent.use();
    const invoices = new Gate(posts.maker, ['invoice']);
    await begin('PEER_HELD', 'daemon', invoices);
    await begin('PEER_HELD', 'hand', invoices);
    await begin('AGENT_HELD', 'daemon', new Gate(posts.maker, ['retained']));
    posts.maker.use();
    await begin('AGENT_HELD', 'hand');
  }, 90_000);

  test.each(ROWS)('%i blocks before its end, %s, %s', async (...row) => {
    const [before, shape, what, why] = row;
    const trade = of(row);
    await mineTo(scene(), leaseEnd - before);
    const payment = what === 'hand' ? await payPastDaemon(trade, requests.get(nameOf(row)) ?? '') : undefined;
    gates.get(nameOf(row))?.open(trade.tradeId);
    if (why) {
      // The agent goes on waiting for what can't come in time any more, until the lease is over.
      if (what === 'report') await mineTo(scene(), leaseEnd);
      expect(await whyEnded(trade, trade.payer)).toMatch(why);
      expect(await howItEnded(trade, lnds())).toBe('back');
      expect(await stateOfOffer(scene(), trade.orderId)).toBe(rpc.OfferState.OPEN);
      if (payment) expect(await payment.ended).toEqual(['failed']);
      ends.push([trade, 'back']);
      return;
    }
    const { heights } = await trade.reaches(trade.payee, 'engine', 'performing');
    if (what !== 'report') expect(heights?.acceptedHeight).toBe(leaseEnd - before);
    if (shape === 'AGENT_HELD') feesMsat += payment?.feeMsat ?? 0n;
    ends.push([trade, 'paid']);
  });

  test('S10: what was locked is traded to its end, and every millisatoshi is where these ends say', async () => {
    for (const [trade, end] of ends) {
      if (end === 'back') continue;
      await completeTrade(trade);
      expect(await howItEnded(trade, lnds())).toBe('paid');
    }
    await books.balance(ends, { taker: -feesMsat });
  });
});
