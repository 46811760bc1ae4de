import { describe, expect, test } from '@jest/globals';
import type { PaymentHash } from '@tercet/protocol';
import { HeldHtlcs } from './held-htlcs.js';
import type { HtlcEventMessage, InvoiceMessage } from './proto.js';

const HASH = 'aa'.repeat(32) as PaymentHash;
const event = (changes: Partial<HtlcEventMessage> = {}): HtlcEventMessage => ({
  incoming_channel_id: '893185999908864001',
  incoming_htlc_id: '3',
  event_type: 'RECEIVE',
  event: 'link_fail_event',
  ...changes,
});
const invoice = (...states: InvoiceMessage['htlcs'][number]['state'][]) =>
  ({
    htlcs: states.map((state, index) => ({
      chan_id: '893185999908864001',
      htlc_index: String(3 + index),
      amt_msat: '1',
      accept_height: 1,
      expiry_height: 2,
      state,
    })),
  }) as InvoiceMessage;
const following = () => {
  const held = new HeldHtlcs();
  return { held, stop: held.follow() };
};

describe('which hold the end of an HTLC belongs to', () => {
  test.each<[string, Partial<HtlcEventMessage>, PaymentHash | undefined]>([
    ['cancelled', {}, HASH],
    ['settled', { event: 'settle_event' }, HASH],
    [
      'ended on chain, which lnd tells without a type',
      { event: 'final_htlc_event', event_type: 'UNKNOWN' },
      HASH,
    ],
    ['the subscription', { event: 'subscribed_event', event_type: 'UNKNOWN' }, undefined],
    ['one that is passed on to another node', { event: 'settle_event', event_type: 'FORWARD' }, undefined],
    ['one of ours that goes out', { event: 'settle_event', event_type: 'SEND' }, undefined],
    ['another channel', { incoming_channel_id: '1' }, undefined],
    ['another HTLC', { incoming_htlc_id: '4' }, undefined],
  ])('%s', (_, changes, hash) => {
    const { held } = following();
    expect(held.learn(HASH, invoice('ACCEPTED'))).toBe(true);
    expect(held.endedBy(event(changes))).toBe(hash);
  });

  test('S23 an end that came before the answer which shows it held makes that answer an old one, once', () => {
    const { held } = following();
    expect(held.endedBy(event())).toBeUndefined();
    expect(held.learn(HASH, invoice('ACCEPTED', 'ACCEPTED'))).toBe(false);
    expect(held.learn(HASH, invoice('CANCELED', 'ACCEPTED'))).toBe(true);
    expect(held.endedBy(event({ incoming_htlc_id: '4' }))).toBe(HASH);
  });

  test('nothing is kept of what is over, nor while nobody follows', () => {
    const { held, stop } = following();
    held.learn(HASH, invoice('ACCEPTED'));
    held.learn(HASH, invoice('SETTLED'));
    expect(held.endedBy(event())).toBeUndefined();
    stop();
    expect(held.learn(HASH, invoice('ACCEPTED'))).toBe(true);
    const again = held.follow();
    expect(held.endedBy(event())).toBeUndefined();
    again();
  });

  test('ends of what nobody asks about are forgotten, the oldest first', () => {
    const { held } = following();
    for (let id = 3; id <= 1003; id += 1) held.endedBy(event({ incoming_htlc_id: String(id) }));
    expect(held.learn(HASH, invoice('ACCEPTED'))).toBe(true);
    expect(held.learn(HASH, invoice('CANCELED', 'ACCEPTED'))).toBe(false);
  });
});
