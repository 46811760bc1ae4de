import { jest } from '@jest/globals';
import type { EffectRow } from '@tercet/journal';
import { rpc, seal } from '@tercet/protocol';
import type { Envelope, PaymentHash, Preimage } from '@tercet/protocol';
import type { CallContext } from 'nice-grpc';
import { outboxTroubles } from './delivery-troubles.js';
import { FakeTrades } from './testing/fake-trades.js';
import { NOW, sampleTrade, signerOf, TIP } from './testing/samples.js';
import type { TradeServiceDeps } from './trade-service.js';
import { tradeServiceImplementation } from './trade-service.js';

const context = { signal: new AbortController().signal } as CallContext;

function serviceWith(change: Partial<TradeServiceDeps> = {}) {
  const trades = new FakeTrades();
  const service = tradeServiceImplementation({
    role: 'taker',
    trades,
    troubles: () => Promise.resolve(new Map()),
    sentEnvelopes: () => Promise.resolve([]),
    ...change,
  });
  return { trades, service };
}

describe('which trade is meant', () => {
  const [a, b] = ['a', 'b'].map((taker) => sampleTrade({ taker }));
  if (!a || !b) throw new Error('two trades are made');
  const shared = '';

  test.each([
    ['the whole id', a.tradeId, a.tradeId],
    ['capitals and spaces', ` ${a.tradeId.toUpperCase()} `, a.tradeId],
    ['the first digits', b.tradeId.slice(0, 8), b.tradeId],
  ])('%s', async (_, asked, expected) => {
    const { trades, service } = serviceWith();
    trades.put(a);
    trades.put(b);
    expect((await service.getTrade({ tradeId: asked }, context)).trade?.tradeId).toBe(expected);
  });

  test.each([
    ['nothing', shared, 'ARGUMENT_INVALID'],
    ['no hex', 'trade 1', 'ARGUMENT_INVALID'],
    ['a whole id that is not there', '0'.repeat(64), 'TRADE_NOT_FOUND'],
    ['digits of none', `${a.tradeId.slice(0, 20)}${a.tradeId[20] === '0' ? '1' : '0'}`, 'TRADE_NOT_FOUND'],
  ])('%s: refused', async (_, tradeId, code) => {
    const { trades, service } = serviceWith();
    trades.put(a);
    await expect(service.getTrade({ tradeId }, context)).rejects.toMatchObject({ code });
  });

  test('digits of two: refused', async () => {
    const { trades, service } = serviceWith();
    const twin = {
      ...b,
      tradeId: `${a.tradeId.slice(0, 63)}x`.replace('x', a.tradeId.endsWith('0') ? '1' : '0'),
    };
    trades.put(a);
    trades.put({ ...b, tradeId: twin.tradeId as typeof a.tradeId });
    await expect(service.getTrade({ tradeId: a.tradeId.slice(0, 8) }, context)).rejects.toMatchObject({
      code: 'AMBIGUOUS_TRADE',
    });
  });
});

describe('commands go to the core, and what it refuses is said', () => {
  test('taken: the trade as it is afterwards', async () => {
    const { trades, service } = serviceWith();
    const view = sampleTrade();
    trades.put(view);
    const { trade } = await service.confirmSent({ tradeId: view.tradeId }, context);
    expect(trade).toMatchObject({ fiatSent: true, sequence: view.sequence + 1 });
  });

  test.each([
    ['cancel after sending, unconfirmed', 'cancel', { engine: 'sent' }, 'CONFIRM_LOSS'],
    ['sent before the acknowledgement', 'confirmSent', { engine: 'asking' }, 'NOT_ACKNOWLEDGED'],
    ['release by the payee', 'release', { engine: 'sent' }, 'WRONG_STATE'],
  ] as const)('%s', async (_, method, machines, code) => {
    const { trades, service } = serviceWith();
    const view = sampleTrade({ machines });
    trades.put(view);
    const asked = service[method]({ tradeId: view.tradeId, confirm: false }, context);
    await expect(asked).rejects.toMatchObject({ code, wayOut: expect.stringMatching(/./) as string });
    expect(trades.views.get(view.tradeId)).toBe(view);
  });

  test('cancel after sending, confirmed', async () => {
    const { trades, service } = serviceWith();
    const view = sampleTrade({ machines: { engine: 'sent' } });
    trades.put(view);
    const { trade } = await service.cancel({ tradeId: view.tradeId, confirm: true }, context);
    expect(trade?.states).toMatchObject({ engine: 'cancelling' });
  });

  test.each(['confirmSent', 'release', 'cancel'] as const)(
    "S30 an agent's daemon refuses %s",
    async (method) => {
      const { trades, service } = serviceWith({ role: 'agent' });
      const view = sampleTrade({ role: 'agent', machines: { engine: 'performing' } });
      trades.put(view);
      const asked = service[method]({ tradeId: view.tradeId, confirm: true }, context);
      await expect(asked).rejects.toMatchObject({ code: 'WRONG_ROLE' });
    },
  );
});

test('lists those that run, and ended ones when asked; never their history', async () => {
  const { trades, service } = serviceWith();
  trades.put(sampleTrade({ taker: 'a' }));
  trades.put(sampleTrade({ taker: 'b', machines: { engine: 'done', escrow: 'released' }, terminal: true }));
  expect((await service.listTrades({ includeEnded: false, before: '' }, context)).trades).toHaveLength(1);
  const all = (await service.listTrades({ includeEnded: true, before: '' }, context)).trades ?? [];
  expect(all.map(({ ended }) => ended)).toEqual([true, false]);
  expect(all.flatMap(({ history }) => history)).toEqual([]);
});

test('S25 a trade that does not hold together fails alone', async () => {
  const { trades, service } = serviceWith();
  trades.put(sampleTrade({ taker: 'a', data: { performingUntil: undefined } }));
  trades.put(sampleTrade({ taker: 'b' }));
  const listed = (await service.listTrades({ includeEnded: false, before: '' }, context)).trades ?? [];
  expect(listed.map(({ warnings }) => warnings?.length)).toEqual([0, 1]);
});

test('a message that does not arrive is a warning, without its reason', async () => {
  const view = sampleTrade();
  const row: EffectRow = {
    key: 'k',
    tradeId: view.tradeId,
    kind: 'send',
    body: { kind: 'send', to: 'agent' },
    attempts: 3,
    dueMs: NOW,
    lastError: 'token hunter2',
  };
  const pendingEffects = jest.fn(() => Promise.resolve([row]));
  const { trades, service } = serviceWith({ troubles: outboxTroubles({ pendingEffects }) });
  trades.put(view);
  const { trade } = await service.getTrade({ tradeId: view.tradeId }, context);
  expect(trade?.warnings).toEqual([
    'A message to the agent has not arrived after 3 tries. It is tried again.',
  ]);
  expect(pendingEffects).toHaveBeenCalledWith({ tradeId: view.tradeId, failed: true });
});

test.each([
  ['SPEND_CAP_REACHED', 'as much as may leave this node within an hour has'],
  ['TRADING_STOPPED', 'trading is stopped here'],
  ['NODE_UNAVAILABLE', 'The node has not done this yet after 3 tries: pay'],
])('S35 a payment that does not go out says why: %s', async (lastError, text) => {
  const view = sampleTrade();
  const row = { key: 'k', tradeId: view.tradeId, kind: 'pay', body: {}, attempts: 3, dueMs: NOW, lastError };
  const troubles = await outboxTroubles({ pendingEffects: () => Promise.resolve([row]) })();
  expect(troubles.get(view.tradeId)?.join()).toContain(text);
});

describe('evidence', () => {
  const paid = 'dd'.repeat(32) as Preimage;
  const hash = 'ee'.repeat(32) as PaymentHash;
  const envelope = (name: string): Envelope =>
    seal(
      {
        from: 'agent',
        to: 'maker',
        tradeId: sampleTrade().tradeId,
        sequence: 1,
        termsHash: undefined,
        body: { type: 'escrowQuery' },
      },
      NOW,
      signerOf(name).key,
      signerOf(name).sign,
    );

  async function evidenceOf(role: 'maker' | 'taker') {
    const { trades, service } = serviceWith({ sentEnvelopes: () => Promise.resolve([envelope('us')]) });
    const view = sampleTrade({
      role,
      machines: { engine: 'performing' },
      data: {
        paymentDetails: 'IBAN DE00',
        ledger: [
          { purpose: 'escrow', attempt: 1, kind: 'payment', hash, amountMsat: 5n as never, status: 'paid' },
        ],
      },
    });
    trades.put(view, { kind: 'paymentPaid', hash, preimage: paid, feeMsat: 0n as never });
    const at = { height: TIP, timeMs: NOW };
    trades.log.get(view.tradeId)?.push({
      sequence: 8,
      fact: {
        kind: 'escrowQuery',
        at,
        from: 'agent',
        sequence: 1,
        envelopeId: 'e',
        body: { type: 'escrowQuery' },
      },
      envelope: envelope('agent'),
    });
    const { evidenceJson } = await service.getEvidence({ tradeId: view.tradeId }, context);
    return new TextDecoder().decode(evidenceJson);
  }

  test('order, terms, envelopes of both ways, account book', async () => {
    const evidence = JSON.parse(await evidenceOf('maker')) as Record<string, unknown>;
    expect(evidence).toMatchObject({
      format: 'tercet-evidence/1',
      termsHash: sampleTrade().state.data.termsHash,
      received: [{ sequence: 8, envelope: envelope('agent') }],
      sent: [envelope('us')],
      ledger: [{ amountMsat: '5' }],
    });
  });
  test('S60 the preimage, from the payer alone', async () => {
    expect(await evidenceOf('maker')).toContain(paid);
    expect(await evidenceOf('taker')).not.toContain(paid);
  });
  test('no account details', async () => expect(await evidenceOf('maker')).not.toContain('IBAN'));
});

test('an agent knows no agents', async () => {
  const { service } = serviceWith({ role: 'agent' });
  expect(await service.listAgents({ refresh: true }, context)).toEqual({ agents: [] });
  expect(rpc.ListAgentsResponse.fromPartial({}).agents).toEqual([]);
});
