import type { AgentPolicy } from '@tercet/protocol';
import { blocks, msat, orderIsSigned, readOrder, rpc, sat, TercetError, unixMs } from '@tercet/protocol';
import type { CallContext } from 'nice-grpc';
import type { MakerServiceDeps } from './maker-service.js';
import { makerServiceImplementation } from './maker-service.js';
import { ownOrder } from './own-orders.js';
import { Documents } from './testing/documents.js';
import { FakeTrades, SEED } from './testing/fake-trades.js';
import {
  CEILINGS,
  contactOf,
  directoryOf,
  keyOf,
  nodeOf,
  NOW,
  policyOf,
  sampleTrade,
} from './testing/samples.js';

const context = {} as CallContext;
const gone = () => new TercetError('PEER_UNREACHABLE', 'It is out of reach.', { wayOut: 'Wait.' });
const SELL: Partial<rpc.CreateOfferRequest> = {
  side: rpc.Side.SELL,
  amountMsat: sat(100_000),
  fiat: { currency: 'EUR', amountMinor: 9500n, decimals: 2 },
  method: { name: 'SEPA instant', settlementMinutes: 60, reversibleHours: 0 },
  paymentDetails: 'IBAN DE00',
};

function prepare(agents: Record<string, AgentPolicy | undefined>, deps: Partial<MakerServiceDeps> = {}) {
  const trades = new FakeTrades();
  const journal = new Documents();
  let made = 0;
  const service = makerServiceImplementation({
    config: { network: 'regtest', ceilings: CEILINGS },
    journal,
    seed: SEED,
    trades,
    directory: directoryOf(agents, gone, () => trades.now().timeMs),
    node: nodeOf('maker'),
    contact: contactOf('maker'),
    holdExpiryDelta: () => Promise.resolve(blocks(18)),
    mayBegin: () => Promise.resolve(),
    nonce: () => (made += 1).toString(16).padStart(32, '0'),
    ...deps,
  });
  const create = (change: Partial<rpc.CreateOfferRequest> = {}) =>
    service.createOffer(rpc.CreateOfferRequest.fromPartial({ ...SELL, ...change }), context);
  return { trades, journal, service, create };
}
const READY = { agent: policyOf('agent') };

describe('an order', () => {
  test('S35 is not made while trading is stopped', async () => {
    const stopped = new TercetError('TRADING_STOPPED', 'Stopped.', { wayOut: 'Take it up again.' });
    const { create, service } = prepare(READY, { mayBegin: () => Promise.reject(stopped) });
    await expect(create()).rejects.toMatchObject({ code: 'TRADING_STOPPED' });
    expect((await service.listOffers({ includeClosed: true, after: '' }, context)).offers).toEqual([]);
  });

  test('is signed with a key of its own, kept, and read back from both its texts', async () => {
    const { create, journal } = prepare(READY);
    const made = await create();
    const again = await create();
    const signed = readOrder(made.orderUri ?? '');
    expect(readOrder(made.orderFileJson ?? '')).toEqual(signed);
    expect(orderIsSigned(signed)).toBe(true);
    expect(signed.order).toMatchObject({
      side: 'sell',
      amountMsat: sat(100_000),
      shapes: ['PEER_HELD', 'AGENT_HELD'],
      windows: 'instant',
      expiresAtMs: NOW + 86_400_000,
      agents: [{ key: keyOf('agent'), contact: contactOf('agent') }],
    });
    expect(readOrder(again.orderUri ?? '').order.makerKey).not.toBe(signed.order.makerKey);
    expect(await ownOrder(journal, made.orderId ?? '')).toEqual({
      signedOrder: signed,
      paymentDetails: 'IBAN DE00',
      withdrawn: false,
    });
    expect(made.orderFileJson).not.toContain('IBAN');
  });

  test('A2 lists the ready agents alone, and says why others are left out', async () => {
    const { create } = prepare({
      agent: policyOf('agent'),
      gone: undefined,
      small: policyOf('small', { largestPriceMsat: sat(20_000) }),
    });
    const made = await create();
    expect(made.agentKeys).toEqual([keyOf('agent')]);
    expect(made.agentsLeftOut).toEqual({
      [keyOf('gone')]: 'It is out of reach.',
      [keyOf('small')]: 'The amount is above the largest it takes.',
    });
  });

  test.each([
    ['instant up to two hours', 120, 'instant'],
    ['standard above', 121, 'standard'],
  ])('windows: %s', async (_, settlementMinutes, windows) => {
    const { create } = prepare(READY);
    const made = await create({ method: { name: 'Transfer', settlementMinutes, reversibleHours: 0 } });
    expect(readOrder(made.orderUri ?? '').order.windows).toBe(windows);
  });
});

describe('refused, and nothing kept', () => {
  const slow = { name: 'Post', settlementMinutes: 360, reversibleHours: 0 };
  const cases: [string, Partial<rpc.CreateOfferRequest>, string][] = [
    ['no side', { side: rpc.Side.UNSPECIFIED }, 'ARGUMENT_INVALID'],
    ['no fiat', { fiat: undefined }, 'ARGUMENT_INVALID'],
    ['too little', { amountMsat: sat(9_999) }, 'ARGUMENT_INVALID'],
    ['parts of a sat', { amountMsat: msat(100_000_001) }, 'ARGUMENT_INVALID'],
    ['over the ceiling', { amountMsat: sat(1_000_001) }, 'OVER_CEILING'],
    ['selling without account details', { paymentDetails: ' ' }, 'PAYMENT_DETAILS_MISSING'],
    [
      'a currency that is none',
      { fiat: { currency: 'euro', amountMinor: 1n, decimals: 2 } },
      'ARGUMENT_INVALID',
    ],
    ['no fiat at all', { fiat: { currency: 'EUR', amountMinor: 0n, decimals: 2 } }, 'ARGUMENT_INVALID'],
    [
      'a method without a name',
      { method: { ...slow, name: ' ', settlementMinutes: 10 } },
      'ARGUMENT_INVALID',
    ],
    ['a method too slow for its windows', { windowsPreset: 'instant', method: slow }, 'SETTLEMENT_TOO_LONG'],
    ['windows that do not exist', { windowsPreset: 'slow' }, 'ARGUMENT_INVALID'],
    ['a shape twice', { shapes: [rpc.Shape.AGENT_HELD, rpc.Shape.AGENT_HELD] }, 'ARGUMENT_INVALID'],
    ['valid for too long', { validHours: 721 }, 'ARGUMENT_INVALID'],
  ];
  test.each(cases)('%s', async (_, change, code) => {
    const { create, journal } = prepare(READY);
    await expect(create(change)).rejects.toMatchObject({
      code,
      wayOut: expect.stringMatching(/./) as string,
    });
    expect(await journal.documents('order')).toEqual([]);
  });

  test.each([
    ['no agent is configured', {}],
    ['none answers', { agent: undefined }],
    ['none offers the shape', { agent: policyOf('agent', { shapes: ['PEER_HELD'] }) }],
  ])('%s', async (_, agents) => {
    const { create } = prepare(agents);
    await expect(create({ shapes: [rpc.Shape.AGENT_HELD] })).rejects.toMatchObject({
      code: 'NO_AGENT_READY',
    });
  });

  test('a buyer whose node can not host a hold', async () => {
    const { create } = prepare(READY, { holdExpiryDelta: () => Promise.resolve(blocks(19)) });
    await expect(create({ side: rpc.Side.BUY })).rejects.toMatchObject({ code: 'HOLD_EXPIRY_TOO_EARLY' });
    expect(await create({ side: rpc.Side.BUY, shapes: [rpc.Shape.AGENT_HELD] })).toHaveProperty('orderId');
  });
});

describe('what became of an order', () => {
  const cases: [
    string,
    { deal?: string; terminal?: boolean; withdrawn?: boolean; later?: boolean },
    rpc.OfferState,
    boolean,
  ][] = [
    ['nothing yet', {}, rpc.OfferState.OPEN, true],
    ['a taker signed', { deal: 'retaining' }, rpc.OfferState.PENDING, true],
    ['locked', { deal: 'locked' }, rpc.OfferState.LOCKED, true],
    ['locked and over', { deal: 'locked', terminal: true }, rpc.OfferState.LOCKED, false],
    ['the lease lapsed', { deal: 'lapsed', terminal: true }, rpc.OfferState.OPEN, true],
    ["the taker's terms were refused", { deal: 'refused', terminal: true }, rpc.OfferState.OPEN, true],
    ['withdrawn', { withdrawn: true }, rpc.OfferState.WITHDRAWN, false],
    ['withdrawn while a trade runs', { deal: 'locked', withdrawn: true }, rpc.OfferState.LOCKED, true],
    ['expired', { later: true }, rpc.OfferState.EXPIRED, false],
  ];
  test.each(cases)('%s', async (_, { deal, terminal = false, withdrawn, later }, state, listed) => {
    const { create, service, trades } = prepare(READY);
    const { orderId = '', orderUri = '' } = await create();
    const view = sampleTrade({ role: 'maker', machines: { deal } });
    const data = { ...view.state.data, signedOrder: readOrder(orderUri) };
    if (deal !== undefined) trades.put({ ...view, terminal, state: { ...view.state, data } });
    if (withdrawn) await service.withdrawOffer({ orderId }, context);
    if (later) trades.at = { ...trades.at, timeMs: unixMs(NOW + 86_400_000) };
    const all = await service.listOffers({ includeClosed: true, after: '' }, context);
    expect(all.offers).toMatchObject([{ orderId, state }]);
    expect((await service.listOffers({ includeClosed: false, after: '' }, context)).offers).toHaveLength(
      listed ? 1 : 0,
    );
  });

  test('an order that is not there can not be withdrawn', async () => {
    const { service } = prepare(READY);
    await expect(service.withdrawOffer({ orderId: 'ab' }, context)).rejects.toMatchObject({
      code: 'ORDER_NOT_FOUND',
    });
  });
});
