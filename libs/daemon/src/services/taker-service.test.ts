import type { AgentPolicy, Order, Terms } from '@tercet/protocol';
import {
  LIMITS,
  agentTermsHashOf,
  blocks,
  orderIdOf,
  orderUri,
  rpc,
  sat,
  TercetError,
  tradeIdOf,
  unixMs,
  windowsFor,
} from '@tercet/protocol';
import type { CallContext } from 'nice-grpc';
import { keepOrder } from './own-orders.js';
import type { TakerServiceDeps } from './taker-service.js';
import { takerServiceImplementation } from './taker-service.js';
import { Documents } from './testing/documents.js';
import { FakeTrades, SEED } from './testing/fake-trades.js';
import {
  CEILINGS,
  contactOf,
  directoryOf,
  keyOf,
  nodeOf,
  NOW,
  orderBy,
  policyOf,
  sampleTrade,
} from './testing/samples.js';

const context = {} as CallContext;
const listed = (name: string, policy = policyOf(name)) => ({
  key: keyOf(name),
  termsHash: agentTermsHashOf(policy),
  contact: contactOf(name),
});
const gone = () => new TercetError('PEER_UNREACHABLE', 'It is out of reach.', { wayOut: 'Wait.' });

interface Setup {
  order?: Partial<Order>;
  agents?: Record<string, AgentPolicy | undefined>;
  request?: Partial<rpc.TakeRequest>;
  deps?: Partial<TakerServiceDeps>;
  before?: (trades: FakeTrades, journal: Documents) => Promise<void> | void;
}

async function prepare({ order, agents = { agent: policyOf('agent') }, request, deps, before }: Setup) {
  const trades = new FakeTrades();
  const journal = new Documents();
  await before?.(trades, journal);
  const service = takerServiceImplementation({
    config: { network: 'regtest', ceilings: CEILINGS },
    limits: LIMITS,
    journal,
    seed: SEED,
    trades,
    directory: directoryOf(agents, gone),
    node: nodeOf('taker'),
    contact: contactOf('taker'),
    probe: () => Promise.resolve(true),
    holdExpiryDelta: () => Promise.resolve(blocks(18)),
    nonce: () => '22'.repeat(16),
    ...deps,
  });
  const signed = orderBy('maker', order);
  const uri = orderUri(signed);
  const take = rpc.TakeRequest.fromPartial({ orderUri: uri, ...request });
  return { trades, service, signed, uri, take: () => service.take(take, context) };
}

describe('refused before anything is sent', () => {
  const buys = { side: 'buy' } as const;
  const paid = { paymentDetails: 'IBAN DE00' };
  const cases: [string, Setup, string][] = [
    ['no agent in common', { agents: { other: policyOf('other') } }, 'NO_COMMON_AGENT'],
    ['an agent that is not on the order', { request: { agentKey: keyOf('other') } }, 'AGENT_NOT_ON_ORDER'],
    [
      'an agent of the order that is not trusted',
      { order: { agents: [listed('agent'), listed('other')] }, request: { agentKey: keyOf('other') } },
      'AGENT_NOT_TRUSTED',
    ],
    ['an agent out of reach', { agents: { agent: undefined } }, 'AGENT_NOT_READY'],
    [
      "an agent whose terms aren't those of the order any more",
      { agents: { agent: policyOf('agent', { leaseBlocks: blocks(5) }) } },
      'AGENT_TERMS_CHANGED',
    ],
    ['expired', { order: { expiresAtMs: NOW } }, 'ORDER_EXPIRED'],
    ['another network', { order: { network: 'signet' } }, 'WRONG_NETWORK'],
    ['over the ceiling', { order: { amountMsat: sat(1_000_001) } }, 'OVER_CEILING'],
    [
      'too many trades',
      { before: (trades) => ['a', 'b', 'c'].forEach((taker) => trades.put(otherTrade(taker))) },
      'TOO_MANY_TRADES',
    ],
    [
      'a shape that is not on the order',
      { order: { shapes: ['AGENT_HELD'] }, request: { shape: rpc.Shape.PEER_HELD } },
      'SHAPE_NOT_OFFERED',
    ],
    ['selling without saying where the fiat goes', { order: buys }, 'PAYMENT_DETAILS_MISSING'],
    [
      'another wallet with PEER_HELD',
      { order: buys, request: { ...paid, externalWallet: true, shape: rpc.Shape.PEER_HELD } },
      'EXTERNAL_WALLET',
    ],
    ['another wallet where the taker pays nothing', { request: { externalWallet: true } }, 'EXTERNAL_WALLET'],
    ['an order of the same node', { order: { makerNode: nodeOf('taker') } }, 'OWN_ORDER'],
    [
      'an order of the same daemon',
      {
        before: (_, journal) => {
          const own = orderBy('maker');
          return keepOrder(journal, orderIdOf(own.order), { signedOrder: own, withdrawn: false });
        },
      },
      'OWN_ORDER',
    ],
    [
      'an order that is being taken already',
      { before: (trades) => trades.put(sampleTrade()), order: {} },
      'ALREADY_TAKING',
    ],
    [
      'PEER_HELD alone and no route',
      { order: { shapes: ['PEER_HELD'] }, deps: { probe: () => Promise.resolve(false) } },
      'NO_ROUTE',
    ],
    [
      'PEER_HELD at a node that lets go of holds too early',
      {
        request: { shape: rpc.Shape.PEER_HELD },
        deps: { holdExpiryDelta: () => Promise.resolve(blocks(19)) },
      },
      'HOLD_EXPIRY_TOO_EARLY',
    ],
    [
      'more than the agent takes',
      {
        order: { amountMsat: sat(50_000), agents: [listed('agent', small())] },
        agents: { agent: small() },
      },
      'AGENT_REFUSES_AMOUNT',
    ],
  ];
  test.each(cases)('%s', async (_, setup, code) => {
    const { trades, take } = await prepare(setup);
    const before = trades.views.size;
    await expect(take()).rejects.toMatchObject({ code, wayOut: expect.stringMatching(/./) as string });
    expect(trades.views.size).toBe(before);
  });

  function small(): AgentPolicy {
    return policyOf('agent', { largestPriceMsat: sat(20_000) });
  }
});

describe('taking', () => {
  test('a trade named by order and key, that solicits the agent', async () => {
    const { trades, take, signed } = await prepare({});
    const { tradeId } = await take();
    const view = trades.views.get(tradeId as never);
    expect(view?.state.machines.deal).toBe('soliciting');
    expect(view?.state.data).toMatchObject({
      role: 'taker',
      seat: 'payee',
      shape: 'PEER_HELD',
      nonce: '22'.repeat(16),
      peers: {
        agent: { key: keyOf('agent'), contact: contactOf('agent') },
        maker: { contact: contactOf('maker') },
      },
    });
    const key = view?.state.data.peers.taker?.key;
    expect(key && tradeIdOf(orderIdOf(signed.order), key)).toBe(tradeId);
    expect(view?.state.data.paymentDetails).toBeUndefined();
  });

  test('a seller keeps its account details for later', async () => {
    const { trades, take } = await prepare({
      order: { side: 'buy' },
      request: { paymentDetails: 'IBAN DE00', externalWallet: true },
    });
    const { tradeId } = await take();
    expect(trades.views.get(tradeId as never)?.state.data).toMatchObject({
      seat: 'payer',
      shape: 'AGENT_HELD',
      externalWallet: true,
      paymentDetails: 'IBAN DE00',
    });
  });

  test.each<[string, Setup, Terms['shape']]>([
    ['the first of the order', {}, 'PEER_HELD'],
    ["the maker's preference", { order: { shapes: ['AGENT_HELD', 'PEER_HELD'] } }, 'AGENT_HELD'],
    ['without a route the other', { deps: { probe: () => Promise.resolve(false) } }, 'AGENT_HELD'],
    [
      'at a node that can not host',
      { deps: { holdExpiryDelta: () => Promise.resolve(blocks(40)) } },
      'AGENT_HELD',
    ],
    ['the one that was asked for', { request: { shape: rpc.Shape.AGENT_HELD } }, 'AGENT_HELD'],
  ])('shape: %s', async (_, setup, shape) => {
    const { trades, take } = await prepare(setup);
    const { tradeId } = await take();
    expect(trades.views.get(tradeId as never)?.state.data.shape).toBe(shape);
  });

  test('A4 the first agent of the order that both trust and that is ready', async () => {
    const { trades, take } = await prepare({
      order: { agents: [listed('stranger'), listed('gone'), listed('second'), listed('agent')] },
      agents: { agent: policyOf('agent'), gone: undefined, second: policyOf('second') },
    });
    const { tradeId } = await take();
    expect(trades.views.get(tradeId as never)?.state.data.peers.agent?.key).toBe(keyOf('second'));
  });
});

describe('looking at an order', () => {
  test('nothing in the way: previews of each shape with the agent that would be chosen', async () => {
    const { service, uri } = await prepare({ order: { agents: [listed('agent'), listed('other')] } });
    const seen = await service.inspectOrder({ orderUri: uri }, context);
    expect(seen.obstacles).toEqual([]);
    expect(seen.agents).toMatchObject([
      { key: keyOf('agent'), trusted: true, readiness: rpc.Readiness.READY },
      { key: keyOf('other'), trusted: false, readiness: rpc.Readiness.UNKNOWN },
    ]);
    expect(seen.previews).toMatchObject([
      {
        shape: rpc.Shape.PEER_HELD,
        payoutMsat: sat(100_000),
        successFeeMsat: sat(500),
        windows: { cltvExpiryBlocks: windowsFor('PEER_HELD', 'standard', 60).cltvExpiry },
      },
      // 10 sat, and 100 ppm of 100 000 sat for 1 000 blocks: 4.32 sat for 432, rounded down.
      { shape: rpc.Shape.AGENT_HELD, payoutMsat: sat(99_500), retainFeeMsat: sat(14) },
    ]);
  });

  test('every obstacle at once, and no question to agents of another network', async () => {
    const { service, uri } = await prepare({
      order: { network: 'signet', expiresAtMs: unixMs(1), amountMsat: sat(2_000_000) },
      agents: { agent: undefined },
    });
    const seen = await service.inspectOrder({ orderUri: uri }, context);
    expect(seen.obstacles).toHaveLength(3);
    expect(seen.previews).toEqual([]);
    expect(seen.agents).toMatchObject([{ readiness: rpc.Readiness.UNKNOWN }]);
  });

  test.each([
    ['not an order', 'hello', 'ORDER_UNREADABLE'],
    [
      'a changed order',
      orderUri({ ...orderBy('maker'), signature: orderBy('maker', { nonce: '44'.repeat(16) }).signature }),
      'ORDER_FORGED',
    ],
  ])('%s', async (_, orderText, code) => {
    const { service } = await prepare({});
    await expect(service.inspectOrder({ orderUri: orderText }, context)).rejects.toMatchObject({ code });
  });
});

/** A trade on another order. */
function otherTrade(taker: string) {
  const view = sampleTrade({ taker });
  const data = { ...view.state.data, signedOrder: orderBy('somebody', { amountMsat: sat(10_000) }) };
  return { ...view, state: { ...view.state, data } };
}
