/** What is refused, and that a refusal touches nothing: no letter sent, no trade changed, no millisatoshi moved. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectDaemon, tokenPath, type Scope } from '@tercet/daemon';
import {
  blocks,
  canonicalJson,
  msat,
  orderIdOf,
  publicKeyOf,
  readOrder,
  rpc,
  sign,
  signEvent,
  termsHashOf,
  tradeIdOf,
  windowsFor,
  type Envelope,
  type NodeId,
  type Order,
  type Terms,
} from '@tercet/protocol';
import { DaemonProcess } from '../stage/daemon-process.js';
import { freeAddress } from '../stage/free-port.js';
import type { PartyName } from '../stage/layout.js';
import { ended, offer, startTrade, type StagedTrade, type TradeSpec } from '../stage/trade.js';
import { Books } from './support/accounts.js';
import { codeOf, refusalOf } from './support/calls.js';
import { deliver, Puppet } from './support/puppet.js';
import { counted, useScene } from './support/scene.js';

const ANY: TradeSpec = { shape: 'PEER_HELD', direction: 'maker-sells' };
const scene = useScene({ agent: { ceilings: { openTrades: 100, newTradesPerMinute: 100 } } });

const take = async (daemon: DaemonProcess, orderUri: string, agentKey = '') =>
  (await daemon.client(rpc.TakerServiceDefinition)).take({
    orderUri,
    agentKey,
    shape: rpc.Shape.PEER_HELD,
    paymentDetails: '',
    externalWallet: false,
  });
const tradesOf = async (daemon: DaemonProcess): Promise<rpc.Trade[]> =>
  (await (await daemon.client(rpc.TradeServiceDefinition)).listTrades({ includeEnded: true })).trades;

describe('A4 A5 an agent that not both have chosen', () => {
  test('no agent in common: refused before anything is sent', async () => {
    const { stage, network, posts } = scene();
    const books = await Books.open(scene());
    const node = network.node('taker');
    const loner = await DaemonProcess.prepare({
      party: 'taker',
      dir: join(network.dir, 'loner'),
      listen: await freeAddress(),
      config: {
        network: 'regtest',
        lnd: { socket: node.rpcSocket, certPath: node.tlsCertPath, macaroonPath: node.adminMacaroonPath },
      },
    });
    await loner.start();
    try {
      const { orderUri } = await offer(stage, ANY);
      const before = [posts.agent.queries, posts.agent.letters.length, posts.maker.letters.length];
      const refusal = await refusalOf(take(loner, orderUri));
      expect(refusal.code).toBe('NO_COMMON_AGENT');
      expect(refusal.message).toMatch(/no agent in common.*Nothing was sent/s);
      expect(await codeOf(take(loner, orderUri, stage.agentKey))).toBe('AGENT_NOT_TRUSTED');
      expect(await codeOf(take(loner, orderUri, 'ab'.repeat(32)))).toBe('AGENT_NOT_ON_ORDER');
      expect([posts.agent.queries, posts.agent.letters.length, posts.maker.letters.length]).toEqual(before);
      expect(await tradesOf(loner)).toEqual([]);
    } finally {
      await loner.stop();
    }
    await books.balance([]);
  });

  test("a hostile taker names an agent that is not on the maker's list: rejected with the reason", async () => {
    const { stage } = scene();
    const books = await Books.open(scene());
    const { orderUri } = await offer(stage, ANY);
    const { order } = readOrder(orderUri);
    const taker = await Puppet.rise();
    try {
      const friend = randomBytes(32);
      const terms = termsOf(order, taker, publicKeyOf(friend));
      const hash = termsHashOf(terms);
      const tradeId = tradeIdOf(orderIdOf(order), taker.key);
      const letter = taker.letter(
        tradeId,
        1,
        {
          type: 'takeOrder',
          terms,
          agentSignature: sign(hash, friend),
          takerSignature: taker.sign(hash),
          takerContact: taker.contact,
          payout: null,
        },
        hash,
      );
      expect((await deliver(stage.daemons.maker, letter))?.outcome).toBe(rpc.DeliveryOutcome.ACCEPTED);
      const answer = await taker.hears('tradeResponse');
      expect(answer.answer).toBe('rejected');
      expect(answer.reasons[0]).toBe('the agent is not on the order');
      expect(answer.makerSignature).toBeNull();
    } finally {
      await taker.fall();
    }
    const { offers } = await (await stage.daemons.maker.client(rpc.MakerServiceDefinition)).listOffers({});
    expect(offers.find((one) => one.orderId === orderIdOf(order))?.state).toBe(rpc.OfferState.OPEN);
    await books.balance([]);
  });
});

/** Terms that fit the order in all but their agent. */
function termsOf(order: Order, taker: Puppet, agentKey: Terms['agent']['key']): Terms {
  const anyNode = `02${'11'.repeat(32)}` as NodeId;
  return {
    version: 1,
    network: order.network,
    engine: 'fiat',
    shape: 'PEER_HELD',
    orderId: orderIdOf(order),
    maker: { key: order.makerKey, node: order.makerNode },
    taker: { key: taker.key, node: anyNode },
    agent: { key: agentKey, node: anyNode },
    bitcoinSeller: 'maker',
    priceMsat: order.amountMsat,
    payoutMsat: order.amountMsat,
    retainFeeMsat: msat(0),
    successFeeMsat: msat(0),
    smallestPriceMsat: msat(10_000_000),
    fiat: { ...order.fiat, method: order.method.name },
    windows: windowsFor('PEER_HELD', order.windows, order.method.settlementMinutes, blocks(6)),
    defaults: { bothSilent: 'payee', undecided: 'payee' },
    agentTermsHash: order.agents[0]?.termsHash ?? termsHashMissing(),
    nonces: { maker: order.nonce, taker: 'aa'.repeat(16), agent: 'bb'.repeat(16) },
  };
}
const termsHashMissing = (): never => {
  throw new Error('the order names no agent');
};

describe('S30 S31 S37 envelopes that are not what they should be, and commands out of place', () => {
  let trade: StagedTrade;
  let books: Books;
  beforeAll(async () => {
    books = await Books.open(scene());
    trade = await startTrade(scene().stage, ANY);
    await trade.reaches('taker', 'engine', 'performing');
    await trade.reaches('maker', 'engine', 'performing');
  }, 60_000);

  /** The last letter from the taker to the maker, and a new one of the next number. */
  const lastLetter = () => {
    const letter = scene()
      .posts.maker.letters.filter(({ message }) => message.tradeId === trade.tradeId)
      .findLast(({ message }) => message.from === 'taker');
    if (!letter) throw new Error('the taker wrote nothing to the maker');
    return letter;
  };
  type Part = { sequence?: number; tags?: string[][]; content?: string; body?: object };
  /** Signed by the taker's own key: only what is named differs from a letter that would be taken. */
  const forged = (part: Part): Envelope => {
    const { envelope, message } = lastLetter();
    const secret = scene().keys.secretOf(message.key);
    const body = part.body ?? { type: 'fiatSent' };
    const tags = envelope.tags.map(([name = '', value = '']) =>
      name === 'n' ? [name, String(part.sequence ?? message.sequence + 1)] : [name, value],
    );
    const unsigned = {
      pubkey: envelope.pubkey,
      created_at: envelope.created_at,
      kind: envelope.kind,
      tags: part.tags ? tags.map((tag) => part.tags?.find(([name]) => name === tag[0]) ?? tag) : tags,
      content: part.content ?? canonicalJson(body as Parameters<typeof canonicalJson>[0]),
    };
    return signEvent(unsigned, (hash) => sign(hash, secret));
  };

  const cases: [string, () => Envelope, string][] = [
    ['unsigned', () => ({ ...forged({}), sig: '' }), 'ENVELOPE_FORGED'],
    [
      'signed by another key',
      () => ({ ...forged({}), sig: sign(forged({}).id, randomBytes(32)) }),
      'ENVELOPE_FORGED',
    ],
    ['tampered', () => ({ ...forged({}), content: '{"type":"release"}' }), 'ENVELOPE_FORGED'],
    ['of a later number', () => forged({ sequence: lastLetter().message.sequence + 2 }), 'OUT_OF_ORDER'],
    ['oversized', () => forged({ content: `"${'x'.repeat(70_000)}"` }), 'ENVELOPE_TOO_LARGE'],
    ['of an unknown version', () => forged({ tags: [['v', '1']] }), 'ENVELOPE_VERSION'],
    ['not canonical', () => forged({ content: '{ "type":"fiatSent"}' }), 'ENVELOPE_UNREADABLE'],
    ['of an unknown kind of body', () => forged({ body: { type: 'gift' } }), 'ENVELOPE_UNREADABLE'],
    ['with a field too many', () => forged({ body: { type: 'fiatSent', now: true } }), 'ENVELOPE_UNREADABLE'],
    ['of a trade that is not here', () => forged({ tags: [['t', '0'.repeat(64)]] }), 'TRADE_NOT_FOUND'],
    ['that is for the agent', () => forged({ tags: [['to', 'agent']] }), 'WRONG_ADDRESSEE'],
    ['under another role', () => forged({ tags: [['r', 'agent']] }), 'WRONG_ROLE'],
    ['about other terms', () => forged({ tags: [['h', '0'.repeat(64)]] }), 'WRONG_TERMS'],
    ["with the payer's word from the payee", () => forged({ body: { type: 'release' } }), 'WRONG_ROLE'],
  ];

  test.each(cases)('%s: refused by its code, counted, and the trade is as before', async (_, make, code) => {
    const { stage, metrics } = scene();
    const before = await trade.view('maker');
    const refusals = () => counted(metrics.maker, 'tercet_refused_envelopes_total', [`code="${code}"`]);
    const count = await refusals();
    expect(await codeOf(deliver(stage.daemons.maker, make()))).toBe(code);
    expect(await refusals()).toBe(count + 1);
    expect(await trade.view('maker')).toEqual(before);
  });

  test('S31 what the agent wrote to the payee, handed on to the payer: refused, and the agent is heard as before', async () => {
    const { stage, posts } = scene();
    const before = await trade.view('maker');
    const said = posts.taker.letters.findLast(
      ({ message }) => message.tradeId === trade.tradeId && message.from === 'agent',
    );
    if (!said) throw new Error('the agent wrote nothing to the taker');
    expect(await codeOf(deliver(stage.daemons.maker, said.envelope))).toBe('WRONG_ADDRESSEE');
    expect(await trade.view('maker')).toEqual(before);
  });

  test('S21 replayed: known already, the trade is as before', async () => {
    const before = await trade.view('maker');
    const receipt = await deliver(scene().stage.daemons.maker, lastLetter().envelope);
    expect(receipt?.outcome).toBe(rpc.DeliveryOutcome.DUPLICATE);
    expect(await trade.view('maker')).toEqual(before);
  });

  test('larger than any message may be: refused by the transport', async () => {
    const before = await trade.view('maker');
    const huge = forged({ content: `"${'x'.repeat(300_000)}"` });
    expect(await codeOf(deliver(scene().stage.daemons.maker, huge))).toBe('MESSAGE_TOO_LARGE');
    expect(await trade.view('maker')).toEqual(before);
  });

  const client = (party: PartyName) => scene().stage.daemons[party].client(rpc.TradeServiceDefinition);
  const commands: [string, PartyName, 'confirmSent' | 'release' | 'cancel', string][] = [
    ['the payer says that it sent fiat', 'maker', 'confirmSent', 'WRONG_STATE'],
    ['the payee releases', 'taker', 'release', 'WRONG_STATE'],
    ['the payer cancels while the payee pays', 'maker', 'cancel', 'WAIT_FOR_PERFORMER'],
    ['the agent releases', 'agent', 'release', 'WRONG_ROLE'],
    ['the agent cancels', 'agent', 'cancel', 'WRONG_ROLE'],
  ];
  test.each(commands)('%s: refused, nothing changed', async (_, party, command, code) => {
    const before = await trade.view(party);
    const call = (await client(party))[command]({ tradeId: trade.tradeId, confirm: true });
    expect(await codeOf(call)).toBe(code);
    expect(await trade.view(party)).toEqual(before);
  });

  const tokens: [Scope | undefined | 'made-up', string][] = [
    [undefined, 'TOKEN_MISSING'],
    ['made-up', 'TOKEN_UNKNOWN'],
    ['read', 'TOKEN_SCOPE'],
    ['arbiter-rule', 'TOKEN_SCOPE'],
  ];
  test.each(tokens)('S30 release with the token %s: %s', async (scope, code) => {
    const { listen, dir } = scene().stage.daemons.maker.spec;
    const before = await trade.view('maker');
    const token =
      scope === undefined || scope === 'made-up'
        ? scope
        : (await readFile(tokenPath(dir, scope), 'utf8')).trim();
    const connection = await connectDaemon({
      address: listen,
      pin: { certPath: join(dir, 'tls.cert') },
      token,
    });
    try {
      const call = connection.client(rpc.TradeServiceDefinition).release({ tradeId: trade.tradeId });
      expect(await codeOf(call)).toBe(code);
    } finally {
      connection.close();
    }
    expect(await trade.view('maker')).toEqual(before);
  });

  test('after all of it the trade completes, and what is over takes no command', async () => {
    await trade.sent();
    await trade.reaches('maker', 'engine', 'answering');
    const refusal = await refusalOf(trade.cancel('taker'));
    expect(refusal.code).toBe('CONFIRM_LOSS');
    expect(await codeOf(trade.cancel('maker'))).toBe('FIAT_SENT');
    await trade.release();
    await ended(trade);
    expect(await codeOf(trade.release())).toBe('WRONG_STATE');
    expect(await codeOf(trade.cancel('taker', true))).toBe('WRONG_STATE');
    await books.balance([[trade, 'paid']]);
  });
});
