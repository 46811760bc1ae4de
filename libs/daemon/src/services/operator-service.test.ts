import { beforeEach, describe, expect, test } from '@jest/globals';
import type { EffectRow } from '@tercet/journal';
import type { PaymentState } from '@tercet/lightning';
import type { Effect, LedgerEntry, PaymentHash, Preimage, TradeData, TradeId } from '@tercet/protocol';
import { blocks, height, msat, rpc, sat, sha256Hex, TercetError, unixMs } from '@tercet/protocol';
import { asJson } from '../executor/stored.js';
import { Payments } from '../payments/index.js';
import { evidence } from './evidence.js';
import { operatorServiceImplementation } from './operator-service.js';
import { Documents } from './testing/documents.js';
import { FakeTrades } from './testing/fake-trades.js';
import { nodeOf, NOW, sampleTrade, TIP } from './testing/samples.js';

const PREIMAGE = '07'.repeat(32) as Preimage;
const HASH = sha256Hex(PREIMAGE) as PaymentHash;
const AMOUNT = sat(99_500);
const context = {} as never;

let trades: FakeTrades;
let journal: Documents;
let pending: EffectRow[];
let node: () => Promise<PaymentState>;
let followed: TradeId[];
let woken: string[];

const line = (change: Partial<LedgerEntry> = {}): LedgerEntry => ({
  purpose: 'payout',
  attempt: 1,
  kind: 'payment',
  hash: HASH,
  amountMsat: AMOUNT,
  status: 'live',
  asked: { height: height(TIP - 3), timeMs: unixMs(NOW - 60_000) },
  ...change,
});
const owing = (data: Partial<TradeData> = {}, debt = 'paying') =>
  sampleTrade({
    role: 'agent',
    machines: { engine: 'releasing', escrow: 'owing', debt },
    data: {
      obligation: { to: 'taker', amountMsat: AMOUNT, why: 'The trade was released.', attempt: 1 },
      ledger: [line()],
      ...data,
    },
  });
const effect = (change: Partial<EffectRow> = {}): EffectRow => {
  const pay: Effect<'pay'> = {
    kind: 'pay',
    purpose: 'payout',
    attempt: 1,
    request: 'lnbcrt1' as Effect<'pay'>['request'],
    expect: {
      hash: HASH,
      amountMsat: AMOUNT,
      payee: nodeOf('taker'),
      leastFinalCltv: blocks(0),
      mostFinalCltv: blocks(144),
    },
    maxFeeMsat: msat(1),
    cltvLimit: blocks(288),
    activeChannels: [],
  };
  return {
    key: `${owing().tradeId}/7/0`,
    tradeId: owing().tradeId,
    kind: 'pay',
    body: asJson(pay),
    attempts: 0,
    dueMs: unixMs(0),
    ...change,
  };
};
const says = (state: PaymentState) => {
  node = () => Promise.resolve(state);
};
const ABSENT: PaymentState = { state: 'absent' };
const IN_FLIGHT: PaymentState = {
  state: 'inFlight',
  htlcs: [
    {
      amountMsat: AMOUNT,
      feeMsat: msat(7),
      lastHopExpiry: height(TIP + 30),
      firstHopExpiry: height(TIP + 110),
      state: 'inFlight',
    },
  ],
};
const PAID: PaymentState = { state: 'paid', preimage: PREIMAGE, amountMsat: AMOUNT, feeMsat: msat(7) };
const FAILED: PaymentState = { state: 'failed', reason: 'NO_ROUTE' };

const payments = () =>
  new Payments({
    journal: Object.assign(journal, { pendingEffects: () => Promise.resolve(pending) }),
    lightning: { lookUpPayment: () => node() },
    nowMs: () => trades.at.timeMs,
    exclusive: true,
    satsPerHour: 1_000_000,
    metrics: { measured: () => undefined },
    onError: (error) => {
      throw error;
    },
    core: () => ({
      trades,
      follow: (tradeId) => Promise.resolve(void followed.push(tradeId)),
      wake: (reasons) => Promise.resolve(void woken.push(...reasons)),
    }),
  });
const service = () => operatorServiceImplementation({ payments: payments(), trades });
const list = async (hash = '') => (await service().listPayments({ hash }, context)).payments ?? [];
const resolve = (request: Partial<rpc.ResolvePaymentRequest> = {}) =>
  service().resolvePayment(
    rpc.ResolvePaymentRequest.fromPartial({ hash: HASH.slice(0, 8), ...request }),
    context,
  );
const codeOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
    return 'taken';
  } catch (error) {
    return error instanceof TercetError ? error.code : String(error);
  }
};
const debt = () => [...trades.views.values()][0]?.state.machines.debt;
const lastFact = () => [...trades.log.values()][0]?.at(-1)?.fact;

beforeEach(() => {
  trades = new FakeTrades();
  trades.put(owing());
  journal = new Documents();
  pending = [];
  followed = [];
  woken = [];
  says(ABSENT);
});

describe('S3 S24 what became of a payment, with what the node says now', () => {
  const down = () => Promise.reject(new Error('no answer'));
  test.each<[string, PaymentState | 'down', EffectRow[], rpc.PaymentStatus, string[], number]>([
    ['not sent yet', ABSENT, [effect()], rpc.PaymentStatus.SENDING, ['lookUp'], TIP + 288],
    [
      'held by the cap',
      ABSENT,
      [effect({ attempts: 2, lastError: 'SPEND_CAP_REACHED' })],
      rpc.PaymentStatus.WAITING,
      ['lookUp'],
      0,
    ],
    [
      'held by the switch',
      ABSENT,
      [effect({ attempts: 1, lastError: 'TRADING_STOPPED' })],
      rpc.PaymentStatus.WAITING,
      ['lookUp'],
      0,
    ],
    ['under way', IN_FLIGHT, [], rpc.PaymentStatus.IN_FLIGHT, ['lookUp'], TIP + 110],
    [
      'lost by the node',
      ABSENT,
      [],
      rpc.PaymentStatus.UNKNOWN,
      ['lookUp', 'preimage', 'declareFailed'],
      TIP + 2016,
    ],
    ['node down, sent', 'down', [], rpc.PaymentStatus.UNKNOWN, ['lookUp', 'preimage'], TIP + 2016],
    [
      'node down, perhaps sent',
      'down',
      [effect({ attempts: 1 })],
      rpc.PaymentStatus.UNKNOWN,
      ['lookUp', 'preimage'],
      TIP + 288,
    ],
    ['paid', PAID, [], rpc.PaymentStatus.PAID, ['lookUp'], 0],
    ['failed', FAILED, [], rpc.PaymentStatus.FAILED, ['lookUp'], 0],
  ])('%s', async (_, state, effects, status, can, lockedUntilHeight) => {
    pending = effects;
    if (state === 'down') node = down;
    else says(state);
    const [payment, ...more] = await list();
    expect(more).toEqual([]);
    expect(payment).toMatchObject({
      purpose: 'payout',
      hash: HASH,
      amountMsat: AMOUNT,
      to: rpc.Role.TAKER,
      attempt: 1,
      status,
      sinceMs: BigInt(NOW - 60_000),
      sinceHeight: TIP - 3,
      lockedUntilHeight,
      tries: effects[0]?.attempts ?? 0,
      why: 'The trade was released.',
      can,
    });
    expect(payment?.node?.state).toBe(state === 'down' ? 'noAnswer' : state.state);
    expect(payment?.text).not.toBe('');
  });

  test('HTLCs, reason and preimage as the node tells them', async () => {
    says(IN_FLIGHT);
    expect((await list())[0]?.node?.htlcs).toEqual([
      { amountMsat: AMOUNT, feeMsat: msat(7), expiryHeight: TIP + 110, state: 'inFlight' },
    ]);
    says(FAILED);
    expect((await list())[0]?.node).toMatchObject({ reason: 'NO_ROUTE' });
    says(PAID);
    expect((await list())[0]?.node).toMatchObject({ preimage: PREIMAGE, feeMsat: msat(7) });
    node = down;
    expect((await list())[0]?.node).toMatchObject({ reason: 'no answer' });
  });

  test.each(['resting', 'owed', 'recording'])(
    'a debt that is %s has no payment, and is shown',
    async (at) => {
      trades.put(owing({ ledger: [line({ status: 'failed' })] }, at));
      expect(await list()).toMatchObject([
        { hash: '', status: rpc.PaymentStatus.OWED, amountMsat: AMOUNT, to: rpc.Role.TAKER, can: [] },
      ]);
      expect(await list(HASH)).toEqual([]);
    },
  );

  test('what is over, another kind of line, and another hash are not listed', async () => {
    trades.put(owing({ ledger: [line({ status: 'paid' }), line({ kind: 'invoice' })] }, 'paid'));
    expect(await list()).toEqual([]);
    trades.put(owing());
    expect(await list('ff')).toEqual([]);
    expect(await list(HASH.slice(0, 6))).toHaveLength(1);
    expect(await codeOf(list('xyz'))).toBe('ARGUMENT_INVALID');
  });

  test("an escrow is nobody's yet", async () => {
    trades.put(owing({ ledger: [line({ purpose: 'escrow' })], obligation: undefined }, 'none'));
    says(IN_FLIGHT);
    expect(await list()).toMatchObject([{ purpose: 'escrow', to: rpc.Role.UNSPECIFIED, why: '' }]);
  });
});

describe('a look-up gives the trade what the node says, and nothing else', () => {
  test.each<[string, PaymentState, string, string]>([
    ['paid', PAID, 'paymentPaid', 'paid'],
    ['failed', FAILED, 'paymentFailed', 'resting'],
    ['in flight', IN_FLIGHT, '', 'paying'],
    ['S24: absent', ABSENT, '', 'paying'],
  ])('%s', async (_, state, recorded, at) => {
    says(state);
    expect(await resolve()).toMatchObject({ recorded });
    expect(debt()).toBe(at);
    expect(followed).toEqual([owing().tradeId]);
  });
});

describe("S3 the receiver's preimage proves a payment, and nothing else does", () => {
  const proof = { preimage: PREIMAGE, note: 'shown by the receiver on the phone' };

  test.each([ABSENT, 'down' as const])('taken where the node says nothing of it', async (state) => {
    if (state === 'down') node = () => Promise.reject(new Error('no answer'));
    expect(await resolve(proof)).toMatchObject({ recorded: 'paymentPaid' });
    expect(debt()).toBe('paid');
    expect(lastFact()).toMatchObject({
      kind: 'paymentPaid',
      preimage: PREIMAGE,
      operator: { by: 'admin', note: proof.note },
      at: { timeMs: NOW },
    });
  });

  test.each([
    ['of another payment', { ...proof, preimage: '08'.repeat(32) }, 'PREIMAGE_WRONG'],
    ['S38: of another length', { ...proof, preimage: `${PREIMAGE}00` }, 'PREIMAGE_WRONG'],
    ['that is none', { ...proof, preimage: 'paid, believe me' }, 'PREIMAGE_WRONG'],
    ['without a word on how it is known', { ...proof, note: '  ' }, 'NOTE_MISSING'],
    ['together with a declaration', { ...proof, declareFailedMayPayTwice: true }, 'ARGUMENT_INVALID'],
    ['with a word of endless length', { ...proof, note: 'x'.repeat(501) }, 'ARGUMENT_INVALID'],
  ])('refused: one %s', async (_, request, code) => {
    expect(await codeOf(resolve(request))).toBe(code);
    expect(debt()).toBe('paying');
  });

  test('refused while the node has it under way: its own end comes', async () => {
    says(IN_FLIGHT);
    expect(await codeOf(resolve(proof))).toBe('PAYMENT_NOT_UNKNOWN');
    expect(debt()).toBe('paying');
  });

  test('refused before it was ever sent', async () => {
    pending = [effect()];
    expect(await codeOf(resolve(proof))).toBe('PAYMENT_NOT_UNKNOWN');
  });
});

describe('S24 absent after it was taken is not failed, unless an operator answers for it', () => {
  const declared = {
    declareFailedMayPayTwice: true,
    note: 'the node was restored; the receiver has nothing',
  };

  test('recorded with who, when and why; owed again on a fresh invoice; in the evidence', async () => {
    expect(await resolve(declared)).toMatchObject({ recorded: 'paymentFailed' });
    expect(debt()).toBe('resting');
    expect(lastFact()).toMatchObject({
      kind: 'paymentFailed',
      reason: 'DECLARED_BY_OPERATOR',
      operator: { by: 'admin', note: declared.note },
      at: { timeMs: NOW, height: TIP },
    });
    const [view] = trades.views.values();
    if (!view) throw new Error('no trade');
    const facts = await trades.facts(view.tradeId);
    const shown = JSON.parse(evidence({ view, facts, sent: [] })) as { operator: unknown[] };
    expect(shown.operator).toMatchObject([
      { kind: 'paymentFailed', hash: HASH, by: 'admin', note: declared.note },
    ]);
    expect(await journal.documents('declaredFailed')).toMatchObject([
      { id: HASH, value: { tradeId: view.tradeId, untilHeight: TIP + 2016 } },
    ]);
  });

  test('S1 S3 paid after all: the next look books it, and what was owed again is not paid', async () => {
    await resolve(declared);
    says(PAID);
    await payments().tidy();
    expect(debt()).toBe('paid');
    expect(lastFact()).toMatchObject({ kind: 'paymentPaid', preimage: PREIMAGE });
  });

  test.each<[string, PaymentState | 'down', EffectRow[]]>([
    ['while it is under way', IN_FLIGHT, []],
    ['while the node gives no answer', 'down', []],
    ['while it may still be sent', ABSENT, [effect({ attempts: 3, lastError: 'NODE_UNAVAILABLE' })]],
    ['while it waits', ABSENT, [effect({ attempts: 1, lastError: 'TRADING_STOPPED' })]],
  ])('refused %s', async (_, state, effects) => {
    pending = effects;
    if (state === 'down') node = () => Promise.reject(new Error('no answer'));
    else says(state);
    expect(await codeOf(resolve(declared))).toBe('PAYMENT_NOT_UNKNOWN');
    expect(debt()).toBe('paying');
  });

  test('S8 the node says that it was paid: that is recorded, whatever was declared', async () => {
    says(PAID);
    expect(await resolve(declared)).toMatchObject({ recorded: 'paymentPaid' });
    expect(lastFact()).not.toHaveProperty('operator');
  });

  test('refused without a word on how it is known', async () => {
    expect(await codeOf(resolve({ ...declared, note: '' }))).toBe('NOTE_MISSING');
  });
});

describe('which payment', () => {
  test.each([
    ['ff', 'PAYMENT_NOT_FOUND'],
    ['', 'ARGUMENT_INVALID'],
    ['not hex', 'ARGUMENT_INVALID'],
  ])('"%s"', async (hash, code) => expect(await codeOf(resolve({ hash }))).toBe(code));

  test('two that begin so', async () => {
    const other = `${HASH.slice(0, 8)}${'0'.repeat(56)}` as PaymentHash;
    trades.put(owing({ ledger: [line(), line({ hash: other, purpose: 'retainFee' })] }));
    expect(await codeOf(resolve())).toBe('AMBIGUOUS_PAYMENT');
    expect(await codeOf(resolve({ hash: HASH }))).toBe('taken');
  });
});

describe('S35 the kill switch', () => {
  test('stops, says so, and is taken back; what waited is tried at once', async () => {
    const operator = service();
    expect(await operator.stopTrading({ reason: 'odd' }, context)).toEqual({
      stopped: { reason: 'odd', by: 'admin', sinceMs: BigInt(NOW) },
    });
    trades.at = { ...trades.at, timeMs: unixMs(NOW + 5_000) };
    expect(await operator.listPayments({ hash: '' }, context)).toMatchObject({
      stopped: { reason: 'odd' },
      spending: { capMsat: sat(1_000_000), sentMsat: 0n },
      tipHeight: TIP,
    });
    expect(await operator.resumeTrading({ reason: '' }, context)).toEqual({ stoppedForMs: 5_000n });
    expect(woken).toEqual(['TRADING_STOPPED', 'SPEND_CAP_REACHED']);
    expect(await operator.resumeTrading({ reason: '' }, context)).toEqual({ stoppedForMs: 0n });
  });

  test('a stop without a reason is none', async () => {
    expect(await codeOf(Promise.resolve(service().stopTrading({ reason: ' ' }, context)))).toBe(
      'ARGUMENT_INVALID',
    );
    expect((await service().listPayments({ hash: '' }, context)).stopped).toBeUndefined();
  });
});
