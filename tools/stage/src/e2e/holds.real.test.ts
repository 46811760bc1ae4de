/** Holds and invoices that are not as agreed: nothing is paid that shouldn't be, and what was paid comes back. */
import { createHash, randomBytes } from 'node:crypto';
import { connectLnd, type LightningNode } from '@tercet/lightning';
import {
  blocks,
  height,
  msat,
  payoutHash,
  rpc,
  sealText,
  sign,
  termsHashOf,
  type Body,
  type BodyOf,
  type PaymentHash,
  type PaymentRequest,
} from '@tercet/protocol';
import { until } from '@tercet/regtest';
import type { PartyName } from '../stage/layout.js';
import { completeTrade, ended, startTrade, type StagedTrade, type TradeSpec } from '../stage/trade.js';
import { Books } from './support/accounts.js';
import { payByHand, type HandMade, type Part } from './support/by-hand.js';
import type { Letter, Rule } from './support/post.js';
import { counted, useScene } from './support/scene.js';
import { stateOfOffer, whyEnded } from './support/watching.js';

const ceilings = { openTrades: 100, satsPerHour: 100_000_000, newTradesPerMinute: 100 };
const scene = useScene({ maker: { ceilings }, taker: { ceilings }, agent: { ceilings } });

const nodes = new Map<PartyName | 'router', LightningNode>();
const lnd = (name: PartyName | 'router'): LightningNode => {
  const node = scene().network.node(name);
  const open =
    nodes.get(name) ??
    connectLnd({
      socket: node.rpcSocket,
      certPath: node.tlsCertPath,
      macaroonPath: node.adminMacaroonPath,
    });
  nodes.set(name, open);
  return open;
};
afterAll(() => {
  for (const node of nodes.values()) node.close();
});

const hashOf = (preimage: string): PaymentHash =>
  createHash('sha256').update(Buffer.from(preimage, 'hex')).digest('hex') as PaymentHash;

/** One letter of that kind says something else, signed by the same sender; the rest pass. */
const lie =
  (type: Body['type'], say: (letter: Letter) => Promise<Body>): Rule =>
  async (letter) =>
    letter.message.body.type === type ? scene().keys.reseal(letter, await say(letter)) : letter.envelope;

/** From BOLT 11's own examples: a mainnet invoice. */
const MAINNET =
  'lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy8j9vdx85fkpmdla2087ne0xh8nhedh8w27kyke0lp53ut353s06fv3qfegext0eh0ymjpf39tuven09sam30g4vgpfna3rh' as PaymentRequest;

interface Lie {
  /** The node that issues it. */
  from: PartyName | 'router';
  amountMsat: bigint;
  cltv: number;
  seconds?: number;
}
/** A real hold invoice of a real node, on a hash of its own. */
const invoiceOf = async ({ from, amountMsat, cltv, seconds = 3600 }: Lie) => {
  const hash = hashOf(randomBytes(32).toString('hex'));
  const request = await lnd(from).createHold({
    hash,
    amountMsat: msat(amountMsat),
    cltvExpiry: blocks(cltv),
    expirySeconds: seconds,
    description: 'not as agreed',
  });
  if (seconds < 60) {
    const { expiresAtMs } = await lnd(from).decode(request);
    await until('the invoice has expired', () => Promise.resolve(Date.now() > expiresAtMs || undefined));
  }
  return { hash, request };
};
const PRICE = 100_000_000n;

describe('S4 an escrow that is not as agreed is not paid', () => {
  const good: Lie = { from: 'agent', amountMsat: PRICE, cltv: 432 };
  const cases: [string, Partial<Lie>, RegExp][] = [
    ['with a wrong amount', { amountMsat: PRICE + 1000n }, /another amount/],
    ['of another payee', { from: 'router' }, /another node/],
    ['with too short a final CLTV', { cltv: 431 }, /fewer blocks/],
    ['with too long a final CLTV', { cltv: 433 }, /more blocks/],
    ['that has expired', { seconds: 1 }, /has expired/],
  ];
  const refused = async (shape: TradeSpec['shape'], why: RegExp) => {
    const books = await Books.open(scene());
    const trade = await startTrade(scene().stage, { shape, direction: 'maker-sells' });
    expect(await whyEnded(trade, 'maker')).toMatch(why);
    await ended(trade);
    const view = await trade.view('maker');
    expect(view?.ledger.filter((line) => line.kind === 'payment')).toMatchObject([{ status: 'failed' }]);
    expect(await stateOfOffer(scene(), trade.orderId)).toBe(rpc.OfferState.OPEN);
    await books.balance([[trade, 'back']]);
  };

  test.each(cases)("the agent's hold invoice %s", async (_, wrong, why) => {
    scene().posts.maker.use(
      lie('retained', async ({ message: { body } }) => {
        const { hash, request } = await invoiceOf({ ...good, ...wrong });
        return { ...(body as BodyOf<'retained'>), hash, holdInvoice: request };
      }),
    );
    await refused('AGENT_HELD', why);
  });

  test("the agent's hold invoice with another hash than it signed", async () => {
    scene().posts.maker.use(
      lie('retained', async ({ message: { body } }) => {
        const { request } = await invoiceOf(good);
        return { ...(body as BodyOf<'retained'>), holdInvoice: request };
      }),
    );
    await refused('AGENT_HELD', /another payment hash/);
  });

  test("the agent's hold invoice for another network", async () => {
    scene().posts.maker.use(
      lie('retained', ({ message: { body } }) =>
        Promise.resolve({ ...(body as BodyOf<'retained'>), holdInvoice: MAINNET }),
      ),
    );
    await refused('AGENT_HELD', /can not be read by this node|another network/);
  });

  test.each([
    ['of another payee', { from: 'router' as const }, /another node/],
    ['on a hash of its own', { from: 'taker' as const }, /another payment hash/],
  ])("the payee's hold invoice %s", async (_, wrong, why) => {
    scene().posts.maker.use(
      lie('invoice', async () => {
        const { request } = await invoiceOf({ ...good, cltv: 624, ...wrong });
        return { type: 'invoice', request };
      }),
    );
    await refused('PEER_HELD', why);
  });

  test('S12 a hash that was paid before is refused, and nothing is paid twice', async () => {
    const books = await Books.open(scene());
    const first = await startTrade(scene().stage, { shape: 'AGENT_HELD', direction: 'maker-sells' });
    await completeTrade(first);
    const seen = (await first.view('maker'))?.ledger.find((line) => line.purpose === 'escrow')?.hash;
    scene().posts.maker.use(
      lie('retained', ({ message: { body } }) =>
        Promise.resolve({ ...(body as BodyOf<'retained'>), hash: seen as PaymentHash }),
      ),
    );
    const refusals = () =>
      counted(scene().metrics.maker, 'tercet_refused_envelopes_total', ['code="HASH_IN_USE"']);
    const count = await refusals();
    const second = await startTrade(scene().stage, { shape: 'AGENT_HELD', direction: 'maker-sells' });
    await until('the refusal is counted', async () => ((await refusals()) > count ? true : undefined));
    expect((await second.view('maker'))?.ledger).toEqual([]);
    await books.balance([
      [first, 'paid'],
      [second, 'back'],
    ]);
  });
});

describe('S4 A16 a payout invoice that is not as agreed is not paid; a fresh one is, once', () => {
  const PAYOUT = 99_500_000n;
  const good: Lie = { from: 'taker', amountMsat: PAYOUT, cltv: 24 };
  /** The taker's take-order names this invoice as where its payout goes. */
  const hand = (invoice: () => Promise<{ hash: PaymentHash; request: PaymentRequest }>) => {
    scene().posts.maker.use(
      lie('takeOrder', async (letter) => {
        const body = letter.message.body as BodyOf<'takeOrder'>;
        const secret = scene().keys.secretOf(letter.message.key);
        const { hash, request } = await invoice();
        return {
          ...body,
          payout: {
            hash,
            signature: sign(payoutHash(termsHashOf(body.terms), hash), secret),
            sealed: { to: 'agent', text: sealText(request, secret, body.terms.agent.key) },
          },
        };
      }),
    );
  };
  const cases: [string, Partial<Lie>][] = [
    ['with a wrong amount', { amountMsat: PAYOUT + 1000n }],
    ['of another payee', { from: 'router' }],
    ['with too long a final CLTV', { cltv: 145 }],
    ['that has expired', { seconds: 1 }],
  ];
  test.each(cases)('%s', async (_, wrong) => {
    const books = await Books.open(scene());
    hand(() => invoiceOf({ ...good, ...wrong }));
    const trade = await startTrade(scene().stage, { shape: 'AGENT_HELD', direction: 'maker-sells' });
    await completeTrade(trade);
    const payouts = (await trade.view('agent'))?.ledger.filter((line) => line.purpose === 'payout');
    expect(payouts?.map(({ status }) => status)).toEqual(['failed', 'paid']);
    await books.balance([[trade, 'paid']]);
  });

  test('S1 S3 that its payee cancels: FAILED says the network, and a fresh one is paid exactly once, with proof', async () => {
    const books = await Books.open(scene());
    const trade = await startTrade(scene().stage, { shape: 'AGENT_HELD', direction: 'maker-sells' });
    await trade.reaches('taker', 'engine', 'performing');
    const first = (await trade.view('taker'))?.ledger.find((line) => line.purpose === 'payout')?.hash;
    await lnd('taker').cancelHold(first as PaymentHash);
    await completeTrade(trade);
    const payouts = (await trade.view('agent'))?.ledger.filter((line) => line.purpose === 'payout') ?? [];
    expect(payouts.map(({ hash, status, amountMsat }) => [hash === first, status, amountMsat])).toEqual([
      [true, 'failed', PAYOUT],
      [false, 'paid', PAYOUT],
    ]);
    const paid = payouts.at(-1);
    expect(hashOf(paid?.preimage ?? '')).toBe(paid?.hash);
    expect(await lnd('agent').lookUpPayment(first as PaymentHash)).toMatchObject({ state: 'failed' });
    expect(await lnd('taker').lookUpInvoice(paid?.hash as PaymentHash)).toMatchObject({ state: 'settled' });
    await books.balance([[trade, 'paid']]);
  });

  test('S12 with a hash that was seen before: refused when it is handed over', async () => {
    const books = await Books.open(scene());
    const first = await startTrade(scene().stage, { shape: 'AGENT_HELD', direction: 'maker-sells' });
    await completeTrade(first);
    const used = (await first.view('taker'))?.ledger.find((line) => line.purpose === 'payout');
    const state = await lnd('taker').lookUpInvoice(used?.hash as PaymentHash);
    if (state.state !== 'settled') throw new Error('the payout was paid');
    const { request } = state;
    hand(() => Promise.resolve({ hash: used?.hash as PaymentHash, request }));
    const second = await startTrade(scene().stage, { shape: 'AGENT_HELD', direction: 'maker-sells' });
    expect(await whyEnded(second, 'maker')).toMatch(/payment hash.*used in another trade/);
    expect(await stateOfOffer(scene(), second.orderId)).toBe(rpc.OfferState.OPEN);
    await books.balance([
      [first, 'paid'],
      [second, 'back'],
    ]);
  });
});

describe('S49 a window that is too short: cancelled, told, nothing lost', () => {
  test('AGENT_HELD: the agent locks fewer blocks than agreed', async () => {
    const books = await Books.open(scene());
    scene().posts.maker.use(
      lie('locked', ({ message: { body } }) => {
        const said = body as BodyOf<'locked'>;
        const E = height(said.h + 431);
        return Promise.resolve({ ...said, E, A: height(E - 18) });
      }),
    );
    const trade = await startTrade(scene().stage, { shape: 'AGENT_HELD', direction: 'maker-sells' });
    expect(await whyEnded(trade, 'maker')).toMatch(/too short or not as agreed/);
    await ended(trade);
    expect(await stateOfOffer(scene(), trade.orderId)).toBe(rpc.OfferState.OPEN);
    await books.balance([[trade, 'back']]);
  });

  test('PEER_HELD: the payee reports another expiry than the payment has', async () => {
    const books = await Books.open(scene());
    const shorter = lie('accepted', ({ message: { body } }) => {
      const said = body as BodyOf<'accepted'>;
      return Promise.resolve({ ...said, E: height(said.E - 4) });
    });
    scene().posts.maker.use(shorter);
    scene().posts.agent.use(shorter);
    const trade = await startTrade(scene().stage, { shape: 'PEER_HELD', direction: 'maker-sells' });
    expect(await whyEnded(trade, 'maker')).toMatch(/another expiry/);
    await ended(trade);
    expect(await stateOfOffer(scene(), trade.orderId)).toBe(rpc.OfferState.OPEN);
    await books.balance([[trade, 'back']]);
  });
});

describe('S13 S55 S49 holds paid by hand from a wallet that is no daemon', () => {
  const spec: TradeSpec = { shape: 'AGENT_HELD', direction: 'maker-buys', externalWallet: true };

  /** A trade whose hold is paid with these parts. */
  const paid = async (parts: Part[]): Promise<{ trade: StagedTrade; payment: HandMade }> => {
    const trade = await startTrade(scene().stage, spec);
    const { paymentRequest } = await trade.reaches('taker', 'escrow', 'payingElsewhere');
    return { trade, payment: await payByHand(scene().network.node('taker'), paymentRequest, parts) };
  };

  const bad: [string, Part[], RegExp][] = [
    ['overpaid by a satoshi', [{ mtokens: PRICE + 1000n }], /brought 100001000 msat instead of 100000000/],
    [
      'with a part below the smallest price',
      [{ mtokens: PRICE - 9_999_000n }, { mtokens: 9_999_000n }],
      /below the smallest price/,
    ],
  ];
  test.each(bad)('%s: cancelled at once, told, all of it back', async (_, parts, why) => {
    const books = await Books.open(scene());
    const { trade, payment } = await paid(parts);
    expect(new Set(await payment.ended)).toEqual(new Set(['failed']));
    for (const party of ['taker', 'maker', 'agent'] as const)
      expect(await whyEnded(trade, party)).toMatch(why);
    await books.balance([[trade, 'back']]);
  });

  test('S13 paid after the lease: cancelled at once, told, all of it back', async () => {
    const books = await Books.open(scene());
    const trade = await startTrade(scene().stage, spec);
    const { paymentRequest } = await trade.reaches('taker', 'escrow', 'payingElsewhere');
    await scene().network.mine(5);
    const payment = await payByHand(scene().network.node('taker'), paymentRequest, [{ mtokens: PRICE }]);
    expect(await payment.ended).toEqual(['failed']);
    expect(await whyEnded(trade, 'taker')).toMatch(/after the lease/);
    await ended(trade);
    await books.balance([[trade, 'back']]);
  });

  test('E padded by 432 blocks: accepted, and every window as without padding', async () => {
    const books = await Books.open(scene());
    const plain = await paid([{ mtokens: PRICE }]);
    const padded = await paid([{ mtokens: PRICE, padding: 432 }]);
    const heights = async ({ trade }: { trade: StagedTrade }) => {
      const view = await trade.reaches('maker', 'engine', 'performing');
      if (!view.heights) throw new Error('a locked trade has heights');
      return view.heights;
    };
    const [short, long] = [await heights(plain), await heights(padded)];
    expect(long.expiryHeight - short.expiryHeight).toBe(432);
    expect(short.expiryHeight).toBe(short.acceptedHeight + 432 + 3);
    // Padding counts up to 12 blocks, then no more.
    expect(long.endHeight).toBe(long.acceptedHeight + 432 + 12 - 18);
    expect({ ...long, expiryHeight: 0, endHeight: 0 }).toEqual({ ...short, expiryHeight: 0, endHeight: 0 });
    for (const { trade } of [plain, padded]) await completeTrade(trade);
    const fees = plain.payment.feeMsat + padded.payment.feeMsat;
    await books.balance(
      [
        [plain.trade, 'paid'],
        [padded.trade, 'paid'],
      ],
      { taker: -fees },
    );
  });
});
