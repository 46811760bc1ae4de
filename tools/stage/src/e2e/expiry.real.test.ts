/** Invoices of real nodes in the last second of their BOLT11 expiry and right after it: paid or not, but never both. */
import type { PaymentHash, PaymentRequest, Terms } from '@tercet/protocol';
import { rpc } from '@tercet/protocol';
import { NO_CEILING } from '../stage/ceilings.js';
import type { PartyName } from '../stage/layout.js';
import { completeTrade, startTrade, type ShapeWord, type StagedTrade } from '../stage/trade.js';
import { Books, type End } from './support/accounts.js';
import { howItEnded, useLnds } from './support/agreement.js';
import { Gate } from './support/gate.js';
import type { Rule } from './support/post.js';
import { useScene } from './support/scene.js';
import { hashOf, pauseTo, preimageOf, shortHold, shortInvoice } from './support/short-invoice.js';
import { stateOfOffer, whyEnded } from './support/watching.js';

const scene = useScene({ maker: NO_CEILING, taker: NO_CEILING, agent: NO_CEILING });
const lnds = useLnds(scene);
const daemon = (party: PartyName) => scene().stage.daemons[party];

/** Milliseconds from the expiry at which the payer is let: in the last second, and after it. */
const AROUND = [-950, -800, -550, -300, -100, 0, 500];
const SECONDS = 15;

/** Trades at once, each let at its own moment around its invoice's expiry; answers what became of each. */
const around = <T>(
  run: (reach: (request: string) => Promise<void>) => Promise<T>,
): Promise<{ afterMs: number; result: T }[]> =>
  Promise.all(
    AROUND.map(async (afterMs) => {
      const reach = async (request: string) => {
        const { expiresAtMs } = await lnds().agent.decode(request as PaymentRequest);
        await pauseTo(expiresAtMs, afterMs);
      };
      return { afterMs, result: await run(reach) };
    }),
  );
/** After the expiry none is taken; in the last second at least one is, else the seconds would not have been these. */
const judge = (taken: { afterMs: number; result: boolean }[]): void => {
  expect(taken.filter(({ afterMs, result }) => afterMs >= 0 && result)).toEqual([]);
  expect(taken.some(({ result }) => result)).toBe(true);
};

const start = (shape: ShapeWord): Promise<StagedTrade> =>
  startTrade(scene().stage, { shape, direction: 'maker-sells', amountSat: 20_000 });
const linesOf = async (trade: StagedTrade, party: PartyName, purpose: string, kind: string) =>
  ((await trade.view(party))?.ledger ?? []).filter((line) => line.purpose === purpose && line.kind === kind);

/** The terms that a letter of the trade carries. */
const termsOf = new Map<string, Terms>();
/** Does something before a letter of that kind goes on; the terms of its trade are known from the agent's. */
const before =
  (type: string, prepare: (terms: Terms, tradeId: string) => Promise<unknown>): Rule =>
  async ({ message, envelope }) => {
    if (message.body.type === 'signedTerms') termsOf.set(message.tradeId, message.body.terms);
    const terms = termsOf.get(message.tradeId);
    if (message.body.type === type && terms) await prepare(terms, message.tradeId);
    return envelope;
  };

describe('S4 A16 the payout invoice', () => {
  test('released in its last second or after it: paid exactly once, on it or on a fresh one of the same amount', async () => {
    const books = await Books.open(scene());
    scene().posts.taker.use(
      before('signedTerms', (terms) =>
        shortInvoice(lnds().taker, terms, {
          preimage: preimageOf(daemon('taker'), terms, 'payout'),
          amountMsat: terms.payoutMsat,
          words: 'payout',
          seconds: SECONDS,
        }),
      ),
    );
    const ends: [StagedTrade, End][] = [];
    const first = await around(async (reach) => {
      const trade = await start('AGENT_HELD');
      await trade.reaches('taker', 'engine', 'performing');
      await trade.sent();
      await trade.reaches('maker', 'engine', 'answering');
      const [invoice] = await linesOf(trade, 'taker', 'payout', 'invoice');
      const state = await lnds().taker.lookUpInvoice(invoice?.hash as PaymentHash);
      await reach('request' in state ? state.request : '');
      await trade.release();
      expect(await howItEnded(trade, lnds())).toBe('paid');
      ends.push([trade, 'paid']);
      const payouts = await linesOf(trade, 'agent', 'payout', 'payment');
      expect(payouts.filter(({ status }) => status === 'paid')).toHaveLength(1);
      expect(new Set(payouts.map(({ amountMsat }) => amountMsat)).size).toBe(1);
      return payouts[0]?.status === 'paid';
    });
    judge(first);
    await books.balance(ends);
  });
});

describe('S4 S9 the hold invoice', () => {
  const HOSTS: Record<ShapeWord, { prepare: () => void; letter: 'retained' | 'invoice' }> = {
    AGENT_HELD: {
      letter: 'retained',
      prepare: () => {
        scene().posts.taker.use(before('signedTerms', () => Promise.resolve()));
        scene().posts.agent.use(
          before('retain', (terms) =>
            shortHold(lnds().agent, terms, hashOf(preimageOf(daemon('agent'), terms, 'escrow')), SECONDS),
          ),
        );
      },
    },
    PEER_HELD: {
      letter: 'invoice',
      prepare: () => {
        scene().posts.taker.use(
          before('retained', (terms) =>
            shortHold(lnds().taker, terms, hashOf(preimageOf(daemon('agent'), terms, 'escrow')), SECONDS),
          ),
        );
      },
    },
  };
  test.each(['AGENT_HELD', 'PEER_HELD'] as const)(
    '%s, let in its last second or after it: locked, or all of it back and the order open',
    async (shape) => {
      const books = await Books.open(scene());
      HOSTS[shape].prepare();
      const gate = new Gate(scene().posts.maker, [HOSTS[shape].letter]);
      const ends: [StagedTrade, End][] = [];
      const locked = await around(async (reach) => {
        const trade = await start(shape);
        await gate.reached(1, trade.tradeId);
        const { body } = gate.letter(trade.tradeId).message;
        await reach(
          body.type === 'retained' ? (body.holdInvoice ?? '') : body.type === 'invoice' ? body.request : '',
        );
        gate.open(trade.tradeId);
        const { states } = await trade.reaches('maker', 'deal', 'locked', 'lapsed');
        if (states['deal'] === 'locked') {
          await completeTrade(trade);
          ends.push([trade, 'paid']);
        } else {
          expect(await whyEnded(trade, 'maker')).toMatch(/has expired|ran out|REJECTED_BY_DESTINATION/);
          expect(await stateOfOffer(scene(), trade.orderId)).toBe(rpc.OfferState.OPEN);
          ends.push([trade, 'back']);
        }
        const end = await howItEnded(trade, lnds());
        expect(end).toBe(ends.find(([one]) => one === trade)?.[1]);
        return end === 'paid';
      });
      judge(locked);
      await books.balance(ends);
    },
  );
});

describe('S4 S1 fee invoices', () => {
  test('PEER_HELD, the success fee is asked for in its last second or after it: paid exactly once', async () => {
    const books = await Books.open(scene());
    scene().posts.taker.use(before('signedTerms', () => Promise.resolve()));
    const ends: [StagedTrade, End][] = [];
    const trades = await Promise.all(
      AROUND.map(async () => {
        const trade = await start('PEER_HELD');
        await trade.reaches('taker', 'engine', 'performing');
        await trade.sent();
        await trade.reaches('maker', 'engine', 'answering');
        return trade;
      }),
    );
    const preimages = new Gate(scene().posts.taker, ['preimage']);
    const waiting = [...trades];
    const first = await around(async (reach) => {
      const trade = waiting.pop();
      const terms = termsOf.get(trade?.tradeId ?? '');
      if (!trade || !terms) throw new Error('no trade');
      const request = await shortInvoice(lnds().agent, terms, {
        preimage: preimageOf(daemon('agent'), terms, 'successFee'),
        amountMsat: terms.successFeeMsat,
        words: 'success fee',
        seconds: SECONDS,
      });
      await trade.release();
      await preimages.reached(1, trade.tradeId);
      await reach(request);
      preimages.open(trade.tradeId);
      expect(await howItEnded(trade, lnds())).toBe('paid');
      ends.push([trade, 'paid']);
      const fees = await linesOf(trade, 'taker', 'successFee', 'payment');
      expect(fees.filter(({ status }) => status === 'paid')).toHaveLength(1);
      return fees[0]?.status === 'paid';
    });
    judge(first);
    await books.balance(ends);
  });

  test('the retain fee is asked for in its last second or after it: paid, or refused and nothing paid', async () => {
    const moments = new Map<string, number>();
    scene().posts.taker.use(async (letter) => {
      const { body, tradeId } = letter.message;
      if (body.type !== 'signedTerms') return letter.envelope;
      const afterMs = AROUND[moments.size] ?? 0;
      moments.set(tradeId, afterMs);
      // Its own the agent makes with a nonce that nobody knows before; so this is another one of the same node.
      const { retainFeeMsat: amountMsat } = body.terms;
      const preimage = preimageOf(daemon('maker'), body.terms, 'retainFee');
      const made = { preimage, amountMsat, words: 'fee', seconds: 5 };
      const request = (await shortInvoice(lnds().agent, body.terms, made)) as PaymentRequest;
      await pauseTo((await lnds().agent.decode(request)).expiresAtMs, afterMs);
      return scene().keys.reseal(letter, { ...body, feeInvoice: { hash: hashOf(preimage), request } });
    });
    const trades = await Promise.all(AROUND.map(() => start('PEER_HELD')));
    const paid = await Promise.all(
      trades.map(async (trade) => {
        const { states, why } = await trade.reaches('taker', 'deal', 'offered', 'accepted', 'refused');
        const [fee] = await linesOf(trade, 'taker', 'retainFee', 'payment');
        const result = fee?.status === 'paid';
        expect(states['deal'] !== 'refused').toBe(result);
        if (!result) expect(why).toMatch(/has expired|REJECTED_BY_DESTINATION/);
        const { state } = await lnds().agent.lookUpInvoice(fee?.hash as PaymentHash);
        expect(state === 'settled').toBe(result);
        return { afterMs: moments.get(trade.tradeId) ?? 0, result };
      }),
    );
    judge(paid);
  });
});
