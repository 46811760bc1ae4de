import { beforeEach, describe, expect, test } from '@jest/globals';
import { MemoryLightning, type LightningNode } from '@tercet/lightning';
import type { Effect, LedgerEntry, PaymentHash, Preimage } from '@tercet/protocol';
import { blocks, height, msat, sha256Hex, TercetError, unixMs } from '@tercet/protocol';
import type { NewFact } from '../executor/port.js';
import { Keyrings } from '../executor/keyring.js';
import { SEED } from '../services/testing/fake-trades.js';
import { Documents } from '../services/testing/documents.js';
import { sampleTrade } from '../services/testing/samples.js';
import { EFFECTS } from './index.js';
import type { EffectContext } from './port.js';

const preimage = '07'.repeat(32) as Preimage;
const hash = sha256Hex(preimage) as PaymentHash;
const AMOUNT = msat(100_000_000n);
const line = (kind: LedgerEntry['kind'], status: LedgerEntry['status'] = 'live'): LedgerEntry => ({
  purpose: kind === 'hold' ? 'escrow' : 'payout',
  attempt: 1,
  kind,
  hash,
  amountMsat: AMOUNT,
  status,
});

let network: MemoryLightning;
let payer: ReturnType<MemoryLightning['node']>;
let host: ReturnType<MemoryLightning['node']>;
beforeEach(() => {
  network = new MemoryLightning();
  payer = network.node('payer');
  host = network.node('host');
});

const contextOf = (
  lightning: LightningNode,
  ledger: LedgerEntry[],
  more: Partial<EffectContext['data']> = {},
): EffectContext => {
  const { data } = sampleTrade({ data: { ledger, preimage, ...more } }).state;
  return {
    lightning,
    journal: new Documents(),
    gate: { pass: () => Promise.resolve() },
    data,
    keys: new Keyrings(SEED).of(data),
    now: () => ({ height: network.tip.height, timeMs: unixMs(network.nowMs()) }),
  };
};
const invoice = () =>
  host.createInvoice({
    amountMsat: AMOUNT,
    finalCltv: blocks(24),
    expirySeconds: 60,
    description: '',
    preimage,
  });
const hold = () =>
  host.createHold({ hash, amountMsat: AMOUNT, cltvExpiry: blocks(144), expirySeconds: 60, description: '' });
const payEffect = async (request: Promise<Effect<'pay'>['request']>, change: Partial<Effect<'pay'>> = {}) =>
  ({
    kind: 'pay',
    purpose: 'payout',
    attempt: 1,
    request: await request,
    expect: {
      hash,
      amountMsat: AMOUNT,
      payee: host.nodeId,
      leastFinalCltv: blocks(0),
      mostFinalCltv: blocks(144),
    },
    maxFeeMsat: msat(10_000n),
    cltvLimit: blocks(288),
    activeChannels: [],
    ...change,
  }) satisfies Effect<'pay'>;
const paid: NewFact = { kind: 'paymentPaid', hash, preimage, feeMsat: msat(0n) };
const live = () => contextOf(payer, [line('payment')]);

describe('S35 S37 nothing is sent past the gate', () => {
  const held = new TercetError('SPEND_CAP_REACHED', 'waits', { wayOut: 'wait' });
  const closed = (ledger = [line('payment')]): { context: EffectContext; asked: object[] } => {
    const asked: object[] = [];
    const gate = { pass: (payment: object) => (asked.push(payment), Promise.reject(held)) };
    return { context: { ...contextOf(payer, ledger), gate }, asked };
  };

  test.each([undefined, true])(
    'it waits, and the node has nothing of it; a refund says that it is one: %s',
    async (refund) => {
      const { context, asked } = closed();
      await expect(EFFECTS.pay(await payEffect(invoice(), { refund }), context)).rejects.toBe(held);
      expect(asked).toEqual([{ hash, amountMsat: AMOUNT, refund: refund === true }]);
      expect(await payer.lookUpPayment(hash)).toEqual({ state: 'absent' });
    },
  );

  test('S3 what is at the node already is not asked about: its end is taken in', async () => {
    const effect = await payEffect(invoice());
    await EFFECTS.pay(effect, live());
    const { context, asked } = closed();
    expect(await EFFECTS.pay(effect, context)).toEqual(paid);
    expect(asked).toEqual([]);
  });

  test('S3 its end is taken in whatever else the node answers meanwhile', async () => {
    const effect = await payEffect(invoice());
    await EFFECTS.pay(effect, live());
    for (const call of ['tip', 'decode'] as const)
      payer.faults.failNext(call, new TercetError('NODE_UNAVAILABLE', 'gone', { wayOut: 'wait' }));
    expect(await EFFECTS.pay(effect, live())).toEqual(paid);
  });

  test('S5 one that waited for too long is refused, not sent late', async () => {
    const { context, asked } = closed();
    const effect = await payEffect(invoice(), { startBefore: network.tip.height });
    expect(await EFFECTS.pay(effect, context)).toMatchObject({ kind: 'payRefused', reason: 'TOO_LATE' });
    expect(asked).toEqual([]);
  });
});

describe('S1 S3 a payment ends as paid, failed, refused, or stays unknown', () => {
  test('paid, with its preimage', async () => {
    const effect = await payEffect(invoice());
    await EFFECTS.pay(effect, live());
    expect(await EFFECTS.pay(effect, live())).toEqual(paid);
    expect(host.balanceMsat - payer.balanceMsat).toBe(2n * AMOUNT);
  });

  test('in flight: nothing is known, nothing is sent again', async () => {
    const effect = await payEffect(hold());
    expect(await EFFECTS.pay(effect, live())).toBeUndefined();
    expect(await EFFECTS.pay(effect, live())).toBeUndefined();
    await host.settleHold(hash, preimage);
    expect(await EFFECTS.pay(effect, live())).toEqual(paid);
  });

  test('failed: the node says so; a second run says the same and sends nothing', async () => {
    network.cut(payer, host);
    const effect = await payEffect(invoice());
    expect(await EFFECTS.pay(effect, live())).toMatchObject({ kind: 'paymentFailed', hash });
    network.restore(payer, host);
    expect(await EFFECTS.pay(effect, live())).toMatchObject({ kind: 'paymentFailed', hash });
    expect((await host.lookUpInvoice(hash)).state).toBe('open');
  });

  test('the answer is lost: unknown, and the next run finds it paid instead of paying', async () => {
    const effect = await payEffect(invoice());
    payer.faults.loseAnswers('pay');
    await expect(EFFECTS.pay(effect, live())).rejects.toMatchObject({ code: 'NODE_UNAVAILABLE' });
    expect(await EFFECTS.pay(effect, live())).toEqual(paid);
    expect(host.balanceMsat - payer.balanceMsat).toBe(2n * AMOUNT);
  });

  test('the call never arrived: the next run sends it', async () => {
    const effect = await payEffect(invoice());
    payer.faults.failNext('pay', new TercetError('NODE_UNAVAILABLE', 'gone', { wayOut: 'wait' }));
    await expect(EFFECTS.pay(effect, live())).rejects.toMatchObject({ code: 'NODE_UNAVAILABLE' });
    expect(host.balanceMsat - payer.balanceMsat).toBe(0n);
    await EFFECTS.pay(effect, live());
    expect(host.balanceMsat - payer.balanceMsat).toBe(2n * AMOUNT);
  });

  test('nothing is sent while the node can not say whether it was sent before', async () => {
    const effect = await payEffect(invoice());
    payer.faults.loseAnswers('lookUpPayment');
    await expect(EFFECTS.pay(effect, live())).rejects.toMatchObject({ code: 'NODE_UNAVAILABLE' });
    expect((await host.lookUpInvoice(hash)).state).toBe('open');
  });

  test('a node that took it and knows nothing of it leaves it unknown', async () => {
    const effect = await payEffect(invoice());
    const lightning = { ...live().lightning, ...forgetful };
    await expect(EFFECTS.pay(effect, { ...live(), lightning })).rejects.toMatchObject({
      code: 'PAYMENT_UNKNOWN',
    });
  });

  test('refused by the node before anything was sent', async () => {
    const effect = await payEffect(invoice());
    payer.faults.failNext('pay', new TercetError('PAYMENT_REFUSED', 'No.', { wayOut: 'ask' }));
    expect(await EFFECTS.pay(effect, live())).toMatchObject({
      kind: 'payRefused',
      reason: 'REFUSED_BY_NODE',
    });
  });

  test.each<[string, Partial<Effect<'pay'>>, string]>([
    ["S58 at the lease's last start", { startBefore: height(100) }, 'TOO_LATE'],
    ['S54 a held HTLC went on chain', { activeChannels: ['1x1x1'] }, 'HOLD_ON_CHAIN'],
    ['S4 no invoice at all', { request: 'lnbcrt1junk' as Effect<'pay'>['request'] }, 'UNREADABLE'],
  ])('%s: refused, nothing is sent', async (_, change, reason) => {
    const effect = await payEffect(invoice(), change);
    expect(await EFFECTS.pay(effect, live())).toMatchObject({ kind: 'payRefused', hash, reason });
    expect((await payer.lookUpPayment(hash)).state).toBe('absent');
  });

  test.each(['failed', 'paid'] as const)(
    'a late second run of one that is %s in the books does nothing',
    async (status) => {
      const effect = await payEffect(invoice());
      expect(await EFFECTS.pay(effect, contextOf(payer, [line('payment', status)]))).toBeUndefined();
      expect((await payer.lookUpPayment(hash)).state).toBe('absent');
    },
  );
});

/** Of a node that answers and forgets. */
const forgetful = {
  lookUpPayment: () => Promise.resolve({ state: 'absent' } as const),
  pay: () => Promise.resolve({ state: 'absent' } as const),
  decode: (request: Effect<'pay'>['request']) => host.decode(request),
};

describe('S7 S8 S24 a hold has ended when a look-up says so', () => {
  const settle = () =>
    EFFECTS.settleHold({ kind: 'settleHold', hash, preimage: 'received' }, contextOf(host, [line('hold')]));
  const cancel = (kind: 'hold' | 'invoice' = 'hold') =>
    EFFECTS.cancelHold({ kind: 'cancelHold', hash }, contextOf(host, [line(kind)]));
  const held = async () =>
    payer.pay({ ...(await payEffect(hold())), hash, amountMsat: AMOUNT, attemptSeconds: 1 });

  test('settled', async () => {
    await held();
    expect(await settle()).toEqual({ kind: 'holdSettled', hash });
    expect(await settle()).toEqual({ kind: 'holdSettled', hash });
  });
  test('the answer to the settle is lost: the next run finds it settled', async () => {
    await held();
    host.faults.loseAnswers('settleHold');
    await expect(settle()).rejects.toMatchObject({ code: 'NODE_UNAVAILABLE' });
    expect(await settle()).toEqual({ kind: 'holdSettled', hash });
  });
  test('gone before it could be settled', async () => {
    await held();
    await host.cancelHold(hash);
    expect(await settle()).toEqual({ kind: 'holdCancelled', hash });
  });
  test.each<[string, () => Promise<unknown>]>([
    ['open', hold],
    ['absent', () => Promise.resolve()],
  ])('%s is neither settled nor cancelled: it is tried again', async (_, prepare) => {
    await prepare();
    await expect(settle()).rejects.toMatchObject({ code: 'STILL_HELD' });
  });
  test('cancelled; twice is once', async () => {
    await held();
    expect(await cancel()).toEqual({ kind: 'holdCancelled', hash });
    expect(await cancel()).toEqual({ kind: 'holdCancelled', hash });
  });
  test('settled meanwhile: told as settled, never as cancelled', async () => {
    await held();
    await host.settleHold(hash, preimage);
    expect(await cancel()).toEqual({ kind: 'holdSettled', hash });
  });
  test('absent is not cancelled', async () => {
    await expect(cancel()).rejects.toMatchObject({ code: 'STILL_HELD' });
  });
  test('an ordinary invoice: cancelled, or paid before', async () => {
    await invoice();
    expect(await cancel('invoice')).toEqual({ kind: 'invoiceCancelled', hash });
    const other = new MemoryLightning();
    payer = other.node('payer');
    host = other.node('host');
    await payer.pay({ ...(await payEffect(invoice())), hash, amountMsat: AMOUNT, attemptSeconds: 1 });
    expect(await cancel('invoice')).toEqual({ kind: 'invoicePaid', hash, receivedMsat: AMOUNT });
  });
});

describe('S52 the expiry of our own payment', () => {
  const read = (status: LedgerEntry['status'] = 'live') =>
    EFFECTS.readPaymentExpiry(
      { kind: 'readPaymentExpiry', hash },
      contextOf(payer, [line('payment', status)]),
    );
  const pay = async () =>
    payer.pay({ ...(await payEffect(hold())), hash, amountMsat: AMOUNT, attemptSeconds: 1 });

  test('of the last hop and of our first', async () => {
    network.routes.hops = 1;
    await pay();
    expect(await read()).toEqual({
      kind: 'paymentExpiry',
      hash,
      E: 100 + 144 + 3,
      firstHopExpiry: 100 + 144 + 3 + 80,
    });
  });
  test('no HTLC yet: it is tried again', async () => {
    await expect(read()).rejects.toMatchObject({ code: 'NO_HTLC_YET' });
  });
  test('ended, or never sent: there is none to read', async () => {
    expect(await read('failed')).toBeUndefined();
    await pay();
    await host.cancelHold(hash);
    expect(await read()).toBeUndefined();
  });
});

describe('S12 invoices are made once, however often they are asked for', () => {
  test('the same hold', async () => {
    const effect = {
      kind: 'createHold',
      hash,
      amountMsat: AMOUNT,
      cltvExpiry: blocks(144),
      expirySeconds: 60,
      description: 'x',
    } as const;
    const first = await EFFECTS.createHold(effect, contextOf(host, []));
    expect(await EFFECTS.createHold(effect, contextOf(host, []))).toEqual(first);
  });
  test('the same invoice, from the seed', async () => {
    const context = contextOf(host, []);
    const terms = context.data.termsHash ?? '';
    const effect = {
      kind: 'makeInvoice',
      purpose: 'payout',
      attempt: 1,
      hash: context.keys.paymentHash(terms, 'payout', 1),
      amountMsat: AMOUNT,
      finalCltv: blocks(24),
      expirySeconds: 60,
      description: 'x',
    } as const;
    const first = await EFFECTS.makeInvoice(effect, context);
    expect(first).toMatchObject({ kind: 'invoiceMade', hash: effect.hash });
    expect(await EFFECTS.makeInvoice(effect, context)).toEqual(first);
    expect((await host.lookUpInvoice(effect.hash)).state).toBe('open');
  });
});
