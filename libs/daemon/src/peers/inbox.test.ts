import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Envelope, Message, TradeData } from '@tercet/protocol';
import { LARGEST_ENVELOPE_BYTES, rpc, seal, unixMs } from '@tercet/protocol';
import { FakeTrades } from '../services/testing/fake-trades.js';
import { keyOf, NOW, sampleTrade, signerOf } from '../services/testing/samples.js';
import { beginNowhere } from './begin.js';
import { Inbox } from './inbox.js';
import { peerRates } from './rates.js';

const peers: TradeData['peers'] = {
  maker: { key: keyOf('maker') },
  taker: { key: keyOf('taker') },
  agent: { key: keyOf('agent') },
};
const trade = sampleTrade({ data: { peers } });
const { tradeId, termsHash } = trade.state.data;
const notice: Message['body'] = { type: 'notice', what: 'released', hash: null, text: 'It is over.' };

/** As the agent would send it, but for what is changed. */
const from = (who: string, change: Partial<Omit<Message, 'id' | 'key'>> = {}): Envelope =>
  seal(
    { from: 'agent', to: 'taker', tradeId, sequence: 1, termsHash, body: notice, ...change },
    unixMs(NOW),
    signerOf(who).key,
    signerOf(who).sign,
  );

let trades: FakeTrades;
let refused: string[];
let heard: string[];
let inbox: Inbox;
let nowMs = NOW as number;
beforeEach(() => {
  trades = new FakeTrades();
  trades.put(trade);
  refused = [];
  heard = [];
  inbox = new Inbox({
    trades,
    begin: beginNowhere,
    onRefused: (code) => refused.push(code),
    onHeard: (_, who) => heard.push(who),
    rates: peerRates({ messagesPerMinute: 2, newTradesPerMinute: 1 }, () => nowMs),
  });
});

test('S26 answered once it is stored; again, it is a duplicate', async () => {
  const envelope = from('agent');
  expect(await inbox.take(envelope)).toEqual({
    envelopeId: envelope.id,
    outcome: rpc.DeliveryOutcome.ACCEPTED,
    sequence: 1,
  });
  expect((await inbox.take(envelope)).outcome).toBe(rpc.DeliveryOutcome.DUPLICATE);
  expect(trades.log.get(tradeId)).toHaveLength(2);
  expect(heard).toEqual(['agent', 'agent']);
});

describe('S37 how often one address may send', () => {
  test('more within a minute is refused and not stored, and taken when it comes again', async () => {
    await inbox.take(from('agent'), 'one');
    await inbox.take(from('agent'), 'one');
    const third = from('agent', { sequence: 2 });
    await expect(inbox.take(third, 'one')).rejects.toMatchObject({ code: 'TOO_FAST' });
    expect(trades.log.get(tradeId)).toHaveLength(2);
    nowMs += 30_000;
    expect((await inbox.take(third, 'one')).outcome).toBe(rpc.DeliveryOutcome.ACCEPTED);
  });

  test('S28 another address has its own share', async () => {
    await inbox.take(from('agent'), 'one');
    await inbox.take(from('agent'), 'one');
    expect((await inbox.take(from('agent'), 'two')).outcome).toBe(rpc.DeliveryOutcome.DUPLICATE);
  });

  test('a message that would begin a trade counts against the fewer that may', async () => {
    const unknown = () => from('taker', { from: 'taker', tradeId: 'ab'.repeat(32) as never });
    await expect(inbox.take(unknown(), 'one')).rejects.toMatchObject({ code: 'TRADE_NOT_FOUND' });
    await expect(inbox.take(unknown(), 'one')).rejects.toMatchObject({ code: 'TOO_FAST' });
    await expect(inbox.take(unknown())).rejects.toMatchObject({ code: 'TRADE_NOT_FOUND' });
  });
});

describe('S30 S31 deny by default, in the order of section 4', () => {
  const changed = (envelope: Envelope, change: Partial<Envelope>): Envelope => ({ ...envelope, ...change });
  test.each<[string, () => Envelope, string]>([
    [
      'too large',
      () => changed(from('agent'), { content: 'x'.repeat(LARGEST_ENVELOPE_BYTES + 1) }),
      'ENVELOPE_TOO_LARGE',
    ],
    ['of another version', () => changed(from('agent'), { tags: [['v', '3']] }), 'ENVELOPE_VERSION'],
    ['changed on the way', () => changed(from('agent'), { content: '{}' }), 'ENVELOPE_FORGED'],
    ['another signature', () => changed(from('agent'), { sig: '00'.repeat(64) }), 'ENVELOPE_FORGED'],
    ['a stranger as the agent', () => from('stranger'), 'WRONG_ROLE'],
    ['the maker as the agent', () => from('maker'), 'WRONG_ROLE'],
    ['what is for the maker', () => from('agent', { to: 'maker' }), 'WRONG_ADDRESSEE'],
    ['our own role', () => from('taker', { from: 'taker' }), 'WRONG_ROLE'],
    ['other terms', () => from('agent', { termsHash: 'ab'.repeat(32) as typeof termsHash }), 'WRONG_TERMS'],
    ['a gap before it', () => from('agent', { sequence: 2 }), 'OUT_OF_ORDER'],
    ['what that role may not send', () => from('maker', { from: 'maker' }), 'WRONG_ROLE'],
    [
      'a trade nobody has here',
      () => from('agent', { tradeId: 'cd'.repeat(32) as typeof tradeId }),
      'TRADE_NOT_FOUND',
    ],
  ])('%s', async (_, make, code) => {
    await expect(inbox.take(make())).rejects.toMatchObject({ code });
    expect(refused).toEqual([code]);
    expect(heard).toEqual([]);
    expect(trades.log.get(tradeId)).toHaveLength(1);
    expect(trades.views.size).toBe(1);
  });
});
