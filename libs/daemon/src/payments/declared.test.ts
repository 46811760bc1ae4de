/** What an operator declared failed is asked about on, and its trade is told when the node says "paid" after all. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { PaymentState } from '@tercet/lightning';
import type { Height, LedgerEntry, PaymentHash, Preimage, TradeData, TradeId } from '@tercet/protocol';
import { height, LATE_ALARMS, msat, sat, sha256Hex } from '@tercet/protocol';
import { Documents } from '../services/testing/documents.js';
import { FakeTrades } from '../services/testing/fake-trades.js';
import { sampleTrade, TIP } from '../services/testing/samples.js';
import { tradeView } from '../services/trade-view.js';
import { Declared } from './declared.js';

const PREIMAGE = '07'.repeat(32) as Preimage;
const HASH = sha256Hex(PREIMAGE) as PaymentHash;
const AMOUNT = sat(99_500);
const PAID: PaymentState = { state: 'paid', preimage: PREIMAGE, amountMsat: AMOUNT, feeMsat: msat(7) };
const ABSENT: PaymentState = { state: 'absent' };

let trades: FakeTrades;
let journal: Documents;
let node: PaymentState | 'down';
let tip: Height;
let errors: unknown[];
let tradeId: TradeId;

const line = (change: Partial<LedgerEntry> = {}): LedgerEntry => ({
  ...{ purpose: 'payout', attempt: 1, kind: 'payment', hash: HASH, amountMsat: AMOUNT },
  ...{ status: 'failed', declared: true },
  ...change,
});
const second = (status: LedgerEntry['status']): LedgerEntry =>
  line({ hash: 'ab'.repeat(32) as PaymentHash, attempt: 2, status, declared: undefined });

/** A trade whose payout was declared failed. */
const begin = (machines: Record<string, string>, data: Partial<TradeData> = {}, terminal = false) => {
  const view = sampleTrade({
    role: 'agent',
    machines: { engine: 'releasing', escrow: 'owing', ...machines },
    data: {
      obligation: { to: 'taker', amountMsat: AMOUNT, why: 'The trade was released.', attempt: 2 },
      ledger: [line()],
      ...data,
    },
  });
  tradeId = view.tradeId;
  trades.put({ ...view, terminal });
};
const declared = (): Declared =>
  new Declared({
    journal,
    lightning: {
      lookUpPayment: () => (node === 'down' ? Promise.reject(new Error('down')) : Promise.resolve(node)),
    },
    trades: () => ({
      now: () => ({ ...trades.now(), height: tip }),
      submit: (id, fact) => trades.submit(id, fact),
    }),
    onError: (error) => errors.push(error),
  });
const noted = async () => (await journal.documents('declaredFailed')).map(({ id }) => id);
const now = () => {
  const view = trades.views.get(tradeId);
  if (!view) throw new Error('no trade');
  return view;
};
const warnings = () => tradeView(now(), { at: trades.now() }).warnings;

beforeEach(() => {
  trades = new FakeTrades();
  journal = new Documents();
  node = ABSENT;
  tip = height(TIP);
  errors = [];
});

describe('S3 a payment that was declared failed, and the node says "paid"', () => {
  test('is booked with its preimage, told, and not paid again; then it is not asked about any more', async () => {
    begin({ debt: 'owed' });
    await declared().note(tradeId, HASH);
    await declared().look();
    expect(now().state.machines.debt).toBe('owed');
    node = PAID;
    // Another process: what is asked about stands in the journal.
    await declared().look();
    expect(now().state.data.ledger).toMatchObject([{ status: 'paid', preimage: PREIMAGE, feeMsat: 7n }]);
    expect(now().state.machines).toMatchObject({ debt: 'paid', escrow: 'released' });
    expect(now().state.data.told).toEqual([{ alarm: 'paidAfterAll', height: TIP }]);
    expect(warnings()).toContain(LATE_ALARMS.paidAfterAll);
    expect(await noted()).toEqual([]);
  });

  test('in a trade that is over, a second payment having been made: both are said', async () => {
    begin(
      { engine: 'released', escrow: 'released', debt: 'paid' },
      { ledger: [line(), second('paid')] },
      true,
    );
    await declared().note(tradeId, HASH);
    node = PAID;
    await declared().look();
    expect(now().state.data.told).toEqual([{ alarm: 'paidTwice', height: TIP }]);
    expect(warnings()).toContain(LATE_ALARMS.paidTwice);
    expect(now().state.machines.debt).toBe('paid');
  });

  test('while a second one is under way: that goes on, and it is said that both may arrive', async () => {
    begin({ debt: 'paying' }, { ledger: [line(), second('live')] });
    await declared().note(tradeId, HASH);
    node = PAID;
    await declared().look();
    expect(now().state.machines.debt).toBe('paying');
    expect(warnings()).toContain(LATE_ALARMS.paidTwice);
  });
});

describe('S23 it is asked about until the node has answered, or no route can last so long', () => {
  test('a node that is down answers nothing: it is asked again', async () => {
    begin({ debt: 'owed' });
    await declared().note(tradeId, HASH);
    node = 'down';
    await declared().look();
    expect(errors).toHaveLength(1);
    expect(await noted()).toEqual([HASH]);
  });

  test('the node itself says that it failed: it is over', async () => {
    begin({ debt: 'owed' });
    await declared().note(tradeId, HASH);
    node = { state: 'failed', reason: 'NO_ROUTE' };
    await declared().look();
    expect(now().state.data.ledger).toMatchObject([{ status: 'failed' }]);
    expect(now().state.machines.debt).toBe('owed');
    expect(await noted()).toEqual([]);
  });

  test.each([
    [2016, [HASH]],
    [2017, []],
  ])('not known to the node %i blocks later', async (blocks, left) => {
    begin({ debt: 'owed' });
    await declared().note(tradeId, HASH);
    tip = height(TIP + blocks);
    await declared().look();
    expect(await noted()).toEqual(left);
  });

  test('a journal that can not be read stops nothing else', async () => {
    journal.documents = () => Promise.reject(new Error('gone'));
    await declared().look();
    expect(errors).toHaveLength(1);
  });
});
