/** What a daemon with a long history reads of it for the commands of its person, its peers and strangers. */
import { orderIdOf, readOrder, rpc, sat, unixMs } from '@tercet/protocol';
import type { CallContext } from 'nice-grpc';
import { announcer } from '../agents/index.js';
import { checkCeilings } from './admission.js';
import { agentServiceImplementation } from './agent-service.js';
import { findTrade } from './find-trade.js';
import { keepOrder } from './own-orders.js';
import { makerServiceImplementation } from './maker-service.js';
import { Documents } from './testing/documents.js';
import { FakeTrades, SEED } from './testing/fake-trades.js';
import {
  CEILINGS,
  contactOf,
  directoryOf,
  nodeOf,
  NOW,
  orderBy,
  policyOf,
  sampleTrade,
  signerOf,
} from './testing/samples.js';
import { tradeServiceImplementation } from './trade-service.js';

const OVER = 350;
const OPEN = 3;
const PAGE = 100;
const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const context = { signal: new AbortController().signal } as CallContext;

const history = (() => {
  const over = Array.from({ length: OVER }, (_, n) => {
    const signedOrder = orderBy('maker', { nonce: n.toString(16).padStart(32, '0') });
    const data = { signedOrder, startedMs: unixMs(NOW - 2 * DAY_MS) };
    return sampleTrade({ role: 'maker', taker: `over ${String(n)}`, terminal: true, data });
  });
  const open = Array.from({ length: OPEN }, (_, n) =>
    sampleTrade({ role: 'maker', taker: `open ${String(n)}` }),
  );
  return { over, open };
})();

function longHistory(): FakeTrades {
  const trades = new FakeTrades();
  for (const view of [...history.over, ...history.open]) trades.put(view);
  return trades;
}
const tradeService = (trades: FakeTrades) =>
  tradeServiceImplementation({
    role: 'maker',
    trades,
    troubles: () => Promise.resolve(new Map()),
    sentEnvelopes: () => Promise.resolve([]),
  });
const [first] = history.over;
if (!first) throw new Error('the history is empty');

describe('of a long history no more states are read than an answer needs', () => {
  test('a trade by its first digits: that one', async () => {
    const trades = longHistory();
    expect((await findTrade(trades, first.tradeId.slice(0, 20))).tradeId).toBe(first.tradeId);
    expect(trades.read).toBe(1);
  });

  test('a watch: the open ones, and after a reconnect what has changed', async () => {
    const trades = longHistory();
    const watch = async (cursor: string, most: number): Promise<string> => {
      let last = cursor;
      const answers = tradeService(trades).watchTrades({ tradeId: '', cursor }, context);
      for await (const answer of answers) {
        last = answer.cursor ?? '';
        if ((most -= 1) === 0) break;
      }
      return last;
    };
    const cursor = await watch('', OPEN);
    expect(trades.read).toBe(OPEN);
    trades.put({ ...first, sequence: first.sequence + 1 });
    trades.put({ ...(history.open[0] ?? first), sequence: 30, terminal: true });
    trades.read = 0;
    await watch(cursor, 1);
    expect(trades.read).toBe(1);
  });

  test('S37 the ceilings: the open ones, and of those that are over a row that began before the hour', async () => {
    const trades = longHistory();
    const config = { ceilings: { ...CEILINGS, openTrades: OPEN + 1 } };
    await checkCeilings(trades, config, sat(10_000));
    expect(trades.read).toBeLessThanOrEqual(2 * OPEN + PAGE + 1);
    trades.read = 0;
    await checkCeilings(trades, config, sat(10_000));
    expect(trades.read).toBe(0);
  });

  test('S37 what moved within the hour counts, whatever was refused since, and by whichever clock', async () => {
    const trades = longHistory();
    const moved = {
      data: { startedMs: unixMs(NOW - HOUR_MS / 2) },
      terminal: true,
      machines: { engine: 'done' },
    };
    trades.put(sampleTrade({ role: 'maker', taker: 'moved', ...moved }));
    for (let n = 0; n < 2 * PAGE; n += 1) {
      // Half of them by a version that noted no beginning, half by a clock that was a day behind.
      const startedMs = unixMs(n % 2 === 0 ? 0 : NOW - DAY_MS);
      const refused = { terminal: true, machines: { engine: 'idle' as const, deal: 'refused' as const } };
      trades.put(
        sampleTrade({ role: 'maker', taker: `refused ${String(n)}`, data: { startedMs }, ...refused }),
      );
    }
    const config = { ceilings: { ...CEILINGS, openTrades: 1000, satsPerHour: 450_000 } };
    await expect(checkCeilings(trades, config, sat(50_000))).rejects.toMatchObject({
      code: 'TOO_MUCH_THIS_HOUR',
    });
  });

  test('the list: a page, the newest first, and the others by the last of it', async () => {
    const trades = longHistory();
    const service = tradeService(trades);
    const ids: string[] = [];
    for (let more = true; more;) {
      trades.read = 0;
      const answer = await service.listTrades({ includeEnded: true, before: ids.at(-1) ?? '' }, context);
      // With the one that it goes on from, and the one that tells that there are more.
      expect(trades.read).toBeLessThanOrEqual(PAGE + 2);
      ids.push(...(answer.trades ?? []).map(({ tradeId }) => tradeId ?? ''));
      more = answer.more ?? false;
    }
    const all = [...history.over, ...history.open].map(({ tradeId }) => tradeId);
    expect(ids).toEqual(all.toReversed());
    await expect(
      service.listTrades({ includeEnded: true, before: 'ff'.repeat(32) }, context),
    ).rejects.toMatchObject({ code: 'TRADE_NOT_FOUND' });
  });

  test('an escrow by the hash of its terms: that one; what is no hash is not looked for', async () => {
    const trades = longHistory();
    const service = agentServiceImplementation({
      announcer: announcer({ policy: policyOf('agent'), signer: signerOf('agent'), now: () => NOW }),
      trades,
      tipHash: () => 'cd'.repeat(32),
    });
    const { termsHash = '' } = first.state.data;
    expect(await service.getEscrowStatus({ termsHash }, context)).toMatchObject({ state: 'secured' });
    expect(trades.read).toBe(1);
    for (const text of ['', 'terms', '\0'.repeat(64), termsHash.toUpperCase()]) {
      await expect(service.getEscrowStatus({ termsHash: text }, context)).rejects.toMatchObject({
        code: 'TERMS_NOT_FOUND',
      });
    }
    expect(trades.read).toBe(1);
  });

  test('the offers: none of those whose trade is over, unless they are asked for, then a page', async () => {
    const trades = longHistory();
    const journal = new Documents();
    const ours = [...history.over, ...history.open.slice(0, 1)].map(({ state }) => state.data.signedOrder);
    for (const signedOrder of ours)
      await keepOrder(journal, orderIdOf(signedOrder.order), { signedOrder, withdrawn: false });
    const asked: (number | undefined)[] = [];
    const service = makerServiceImplementation({
      config: { network: 'regtest', ceilings: CEILINGS },
      journal: {
        document: (kind, id) => journal.document(kind, id),
        putDocument: (kind, id, value) => journal.putDocument(kind, id, value),
        documents: (kind, page) => {
          asked.push(page?.most);
          return journal.documents(kind, page);
        },
      },
      seed: SEED,
      trades,
      directory: directoryOf({}, () => new Error('away')),
      node: nodeOf('maker'),
      contact: contactOf('maker'),
      holdExpiryDelta: () => Promise.reject(new Error('not asked')),
      mayBegin: () => Promise.resolve(),
    });
    const open = await service.listOffers({ includeClosed: false, after: '' }, context);
    expect(open).toMatchObject({ offers: [{ state: rpc.OfferState.LOCKED }], more: false });
    expect(trades.read).toBe(1);
    expect(new Set(asked)).toEqual(new Set([PAGE]));

    const uris: string[] = [];
    let last = '';
    for (let more = true; more;) {
      const answer = await service.listOffers({ includeClosed: true, after: last }, context);
      uris.push(...(answer.offers ?? []).map(({ orderUri }) => orderUri ?? ''));
      expect(answer.offers?.length).toBeLessThanOrEqual(PAGE);
      last = answer.offers?.at(-1)?.orderId ?? '';
      more = answer.more ?? false;
    }
    const ids = uris.map((uri) => orderIdOf(readOrder(uri).order));
    expect(ids).toEqual(ours.map(({ order }) => orderIdOf(order)).sort());
  });
});
