/** Bad luck and silence: whoever is gone, slow or out of sats, nothing is stuck and nothing is lost. */
import { getChannels } from 'lightning';
import { rpc } from '@tercet/protocol';
import { until } from '@tercet/regtest';
import type { PartyName } from '../stage/layout.js';
import {
  completeTrade,
  ended,
  offer,
  startTrade,
  takeOrder,
  type StagedTrade,
  type TradeSpec,
} from '../stage/trade.js';
import { Books } from './support/accounts.js';
import { codeOf, refusalOf } from './support/calls.js';
import { Gate } from './support/gate.js';
import { useScene } from './support/scene.js';
import { stateOfOffer, warns, whyEnded } from './support/watching.js';

const ceilings = {
  openTrades: 100,
  largestTradeSat: 9_000_000,
  satsPerHour: 100_000_000,
  newTradesPerMinute: 100,
};
const scene = useScene({ maker: { ceilings }, taker: { ceilings }, agent: { ceilings } });

const SHAPES = ['AGENT_HELD', 'PEER_HELD'] as const;
const DIRECTIONS = ['maker-sells', 'maker-buys'] as const;
const EACH = SHAPES.flatMap((shape) => DIRECTIONS.map((direction) => ({ shape, direction })));

describe('A11 a payee that backs out before it pays fiat', () => {
  test.each(EACH)('$shape, $direction: the payer has everything back', async (spec) => {
    const books = await Books.open(scene());
    const trade = await startTrade(scene().stage, spec);
    await trade.reaches(trade.payee, 'engine', 'performing');
    await trade.cancel(trade.payee);
    expect(await whyEnded(trade, trade.payer)).toMatch(/Cancelled/);
    await ended(trade);
    await books.balance([[trade, 'back']]);
  });

  test('S47 before the acknowledgement the payer may too, and nobody is told to pay', async () => {
    const books = await Books.open(scene());
    const gate = new Gate(scene().posts.agent, ['performing']);
    const trade = await startTrade(scene().stage, { shape: 'PEER_HELD', direction: 'maker-sells' });
    await gate.reached();
    expect(await codeOf(trade.sent())).toBe('NOT_ACKNOWLEDGED');
    expect((await trade.view('taker'))?.fiatDetails).toBe('');
    await trade.cancel('maker');
    expect(await whyEnded(trade, 'maker')).toMatch(/Cancelled before the payment was acknowledged/);
    gate.open();
    await ended(trade);
    await books.balance([[trade, 'back']]);
  });
});

describe('S3 A7 the payer does not pay', () => {
  test.each(SHAPES)('%s, no route: told why, nothing lost, the order open again', async (shape) => {
    const books = await Books.open(scene());
    const spec: TradeSpec = { shape, direction: 'maker-sells', amountSat: 5_500_000 };
    const trade = await startTrade(scene().stage, spec);
    expect(await whyEnded(trade, 'maker')).toMatch(/The payment failed: (NO_ROUTE|INSUFFICIENT_BALANCE)/);
    expect(await stateOfOffer(scene(), trade.orderId)).toBe(rpc.OfferState.OPEN);
    // The other side learns it from the agent, at the latest when the lease is over.
    await scene().network.mine(9);
    await ended(trade);
    await books.balance([[trade, 'back']]);
  });

  test('its node is down until the lease is over: shown, and another taker can take the order', async () => {
    const { network, posts, stage } = scene();
    const books = await Books.open(scene());
    const spec: TradeSpec = { shape: 'AGENT_HELD', direction: 'maker-sells' };
    const gate = new Gate(posts.maker, ['retained']);
    const order = await offer(stage, spec);
    const first = await takeOrder(stage, spec, order.orderUri, order.orderId);
    await gate.reached();
    await network.node('maker').stop();
    gate.open();
    await warns(first, 'maker', /node has not done this yet.*pay/);
    expect(await stateOfOffer(scene(), order.orderId)).toBe(rpc.OfferState.PENDING);
    await network.mine(8);
    expect(await whyEnded(first, 'taker')).toMatch(/not paid within the lease/);
    await network.node('maker').start();
    expect(await whyEnded(first, 'maker')).toMatch(/lease/);
    expect(await stateOfOffer(scene(), order.orderId)).toBe(rpc.OfferState.OPEN);
    await channelsAreUp('maker');
    await seesTheTip(first, 'maker');
    const second = await takeOrder(stage, spec, order.orderUri, order.orderId);
    await completeTrade(second);
    await books.balance([
      [first, 'back'],
      [second, 'paid'],
    ]);
  });
});

const channelsAreUp = async (name: PartyName): Promise<void> => {
  await until(`the channels of the ${name} are up`, async () => {
    for (const node of [scene().network.node(name), scene().network.node('router')]) {
      const { channels } = await getChannels({ lnd: node.lnd });
      if (channels.length === 0 || channels.some((channel) => !channel.is_active)) return undefined;
    }
    return true;
  });
};

/** A daemon whose node was away sees new blocks once its stream is up again; until then it takes no lease for possible. */
const seesTheTip = async (trade: StagedTrade, name: PartyName): Promise<void> => {
  await until(`the ${name}'s daemon sees the tip`, async () => {
    const view = await trade.view(name);
    return view?.tipHeight === (await scene().network.height()) ? true : undefined;
  });
};

describe('S26 S28 a party out of reach is shown, tried again, and nothing is stuck', () => {
  test('the agent does not answer: listed so, no order names it; back, it is used again', async () => {
    const { stage, posts } = scene();
    const trades = await stage.daemons.maker.client(rpc.TradeServiceDefinition);
    await posts.agent.down();
    try {
      const { agents } = await trades.listAgents({ refresh: true });
      expect(agents).toMatchObject([{ readiness: rpc.Readiness.UNREACHABLE }]);
      const refusal = await refusalOf(offer(stage, { shape: 'PEER_HELD', direction: 'maker-sells' }));
      expect(refusal.code).toBe('NO_AGENT_READY');
    } finally {
      await posts.agent.up();
    }
    // A lost connection is made again within 5 seconds.
    const listed = await until('the agent is asked again', async () => {
      const { agents } = await trades.listAgents({ refresh: true });
      return agents.some(({ readiness }) => readiness === rpc.Readiness.READY) ? agents : undefined;
    });
    expect(listed).toHaveLength(1);
    const order = await offer(stage, { shape: 'PEER_HELD', direction: 'maker-sells' });
    expect(order.agentKeys).toEqual([stage.agentKey]);
  });

  test('maker, then agent out of reach in the middle of a trade: warned, and completed', async () => {
    const { stage, posts } = scene();
    const books = await Books.open(scene());
    const trade = await startTrade(stage, { shape: 'PEER_HELD', direction: 'maker-sells' });
    await trade.reaches('taker', 'engine', 'performing');
    await trade.reaches('maker', 'engine', 'performing');
    await posts.maker.down();
    await trade.sent();
    await warns(trade, 'taker', /message to the maker has not arrived/);
    await posts.maker.up();
    await trade.reaches('maker', 'engine', 'answering');
    await posts.agent.down();
    await trade.release();
    await warns(trade, 'maker', /message to the agent has not arrived/);
    await posts.agent.up();
    await ended(trade);
    expect((await trade.view('maker'))?.warnings).toEqual([]);
    await books.balance([[trade, 'paid']]);
  });
});

describe('S58 the agent is gone between "accepted" and `locked`', () => {
  test('PEER_HELD: the payee lets go at lease end + 2, the payer has its sats back, the order is open', async () => {
    const { network, stage, posts } = scene();
    const books = await Books.open(scene());
    const gate = new Gate(posts.agent, ['accepted', 'payerExpiry']);
    const trade = await startTrade(stage, { shape: 'PEER_HELD', direction: 'maker-sells' });
    await gate.reached(2);
    await stage.daemons.agent.kill();
    gate.open();
    await warns(trade, 'taker', /message to the agent has not arrived/);
    await network.mine(7);
    expect((await trade.view('taker'))?.states['escrow']).toBe('accepted');
    await network.mine(1);
    expect(await whyEnded(trade, 'taker')).toMatch(/No locked came within the lease/);
    expect(await whyEnded(trade, 'maker')).toMatch(/No locked came within the lease/);
    expect(await stateOfOffer(scene(), trade.orderId)).toBe(rpc.OfferState.OPEN);
    await books.balance([[trade, 'back']]);
    await stage.daemons.agent.start();
    await ended(trade);
    await books.balance([[trade, 'back']]);
  });
});

describe('silence, to each height that ends it', () => {
  const trades: Record<string, StagedTrade> = {};
  const of = (name: string): StagedTrade => {
    const trade = trades[name];
    if (!trade) throw new Error(`no trade ${name}`);
    return trade;
  };
  const specs: Record<string, TradeSpec & { sent: boolean }> = {
    idleAgentHeld: { shape: 'AGENT_HELD', direction: 'maker-sells', sent: false },
    idlePeerHeld: { shape: 'PEER_HELD', direction: 'maker-buys', sent: false },
    released: { shape: 'AGENT_HELD', direction: 'maker-buys', sent: true },
    cancelled: { shape: 'AGENT_HELD', direction: 'maker-sells', sent: true },
    peerHeld: { shape: 'PEER_HELD', direction: 'maker-sells', sent: true },
  };
  let books: Books;
  let h = 0;

  beforeAll(async () => {
    books = await Books.open(scene());
    for (const [name, spec] of Object.entries(specs)) {
      const trade = await startTrade(scene().stage, { ...spec, windows: 'instant' });
      const { heights } = await trade.reaches(trade.payee, 'engine', 'performing');
      trades[name] = trade;
      h = heights?.acceptedHeight ?? 0;
      if (!spec.sent) continue;
      await trade.sent();
      await trade.reaches(trade.payer, 'engine', 'answering');
      await trade.reaches('agent', 'engine', 'performed');
    }
  }, 90_000);

  const mineTo = async (height: number): Promise<void> => {
    const { network } = scene();
    await network.mine(height - (await network.height()));
  };
  const heightsOf = async (name: string): Promise<rpc.LockedHeights> => {
    const heights = (await of(name).view('agent'))?.heights;
    if (!heights) throw new Error(`${name} is not locked`);
    return heights;
  };

  test('S59 asked to pay and did nothing: refunded at performing-until + 36, not a block before', async () => {
    expect(h).toBe((await heightsOf('idleAgentHeld')).acceptedHeight);
    const { performByHeight } = await heightsOf('idleAgentHeld');
    await mineTo(performByHeight + 35);
    for (const name of ['idleAgentHeld', 'idlePeerHeld']) {
      expect((await of(name).view('agent'))?.states['engine']).toBe('performing');
      expect(await codeOf(of(name).sent())).toBe('TOO_LATE_TO_PAY');
    }
    await mineTo(performByHeight + 36);
    for (const name of ['idleAgentHeld', 'idlePeerHeld']) {
      await ended(of(name));
      expect((await of(name).view(of(name).payer))?.why).toMatch(/acknowledged and never reported as sent/);
    }
    for (const name of ['released', 'cancelled', 'peerHeld'])
      expect((await of(name).view('agent'))?.ended).toBe(false);
  });

  test('S45 PEER_HELD: unanswered until decide-by, the payee gets the preimage by default', async () => {
    const { decideByHeight } = await heightsOf('peerHeld');
    await mineTo(decideByHeight - 1);
    expect((await of('peerHeld').view('agent'))?.states['engine']).toBe('performed');
    await mineTo(decideByHeight);
    await ended(of('peerHeld'));
    expect((await of('peerHeld').view('taker'))?.states['escrow']).toBe('released');
  });

  const operator = () => scene().stage.daemons.agent.client(rpc.OperatorServiceDefinition);

  test('S35 S45 AGENT_HELD, trading stopped: open at A - 24, the hold is taken into custody all the same', async () => {
    await (await operator()).stopTrading({ reason: 'a look at the node' });
    const { endHeight } = await heightsOf('released');
    await mineTo(endHeight - 25);
    expect((await of('released').view('agent'))?.states['escrow']).toBe('held');
    await mineTo(endHeight - 24);
    for (const name of ['released', 'cancelled']) {
      await of(name).reaches('agent', 'escrow', 'custody');
      const view = await of(name).reaches(of(name).payer, 'escrow', 'custody');
      expect(view.sats).toMatchObject({ where: 'custody', amountMsat: 100_000_000n });
      const holds = (await of(name).view('agent'))?.ledger.filter(({ kind }) => kind === 'hold');
      expect(holds).toMatchObject([{ status: 'settled' }]);
    }
  });

  test("S35 A11 the payee's own cancel repays the payer in full, though trading is stopped", async () => {
    expect(await codeOf(of('cancelled').cancel('taker'))).toBe('CONFIRM_LOSS');
    await of('cancelled').cancel('taker', true);
    await ended(of('cancelled'));
    expect((await of('cancelled').view('maker'))?.states['escrow']).toBe('refunded');
  });

  test('S35 A9 a release pays the payee from custody once trading is resumed, not before', async () => {
    await of('released').release();
    const payouts = await until('the payout waits', async () => {
      const { payments } = await (await operator()).listPayments({});
      return payments.some(({ status }) => status === rpc.PaymentStatus.WAITING) ? payments : undefined;
    });
    expect(payouts).toMatchObject([{ purpose: 'payout', lockedUntilHeight: 0, node: { state: 'absent' } }]);
    await (await operator()).resumeTrading({});
    await ended(of('released'));
    expect((await of('released').view('agent'))?.states['escrow']).toBe('released');
  });

  test('S10 every millisatoshi is where these ends say', async () => {
    await books.balance([
      [of('idleAgentHeld'), 'back'],
      [of('idlePeerHeld'), 'back'],
      [of('released'), 'paid'],
      [of('cancelled'), 'back'],
      [of('peerHeld'), 'default'],
    ]);
  });
});
