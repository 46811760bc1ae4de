import { describe, expect, test } from '@jest/globals';
import type { Envelope } from '@tercet/protocol';
import { TercetError } from '@tercet/protocol';
import { contactOf, keyOf, sampleTrade } from '../services/testing/samples.js';
import type { OutboxEffect } from '../executor/stored.js';
import { Outbox } from './outbox.js';

const peers = { agent: { key: keyOf('agent'), contact: contactOf('agent') }, maker: { key: keyOf('maker') } };
const { data } = sampleTrade({ data: { peers } }).state;
const envelope = (type: string): Envelope => ({
  id: type,
  pubkey: '',
  created_at: 0,
  kind: 0,
  tags: [],
  content: JSON.stringify({ type }),
  sig: '',
});
const effect = (change: Partial<OutboxEffect> = {}): OutboxEffect => ({
  kind: 'send',
  to: 'agent',
  envelope: envelope('release'),
  ...change,
});

const outbox = (answer: () => Promise<unknown> = () => Promise.resolve({}), tip = 100) => {
  const sent: string[] = [];
  const box = new Outbox({
    tipHeight: () => Promise.resolve(tip),
    link: () =>
      Promise.resolve({
        deliver: ({ envelope: { id } }) => {
          sent.push(id);
          return answer();
        },
      }),
  });
  return { box, sent };
};
const refuses = (code: string) => () =>
  Promise.reject(new TercetError(code, `it says ${code}`, { wayOut: 'none' }));

describe('S26 a message is forgotten only after its addressee has it, or its rules refuse it', () => {
  test('delivered', async () => {
    const { box, sent } = outbox();
    expect(await box.deliver(data, effect())).toBeUndefined();
    expect(sent).toEqual(['release']);
  });

  test.each([
    'BAD_KEY',
    'ENVELOPE_FORGED',
    'ENVELOPE_TOO_LARGE',
    'HASH_IN_USE',
    'ORDER_NOT_FOUND',
    'ORDER_TAKEN',
    'OVER_CEILING',
    'SEAL_BROKEN',
    'TOO_MANY_TRADES',
    'TOO_MUCH_THIS_HOUR',
    'WRONG_ADDRESSEE',
    'WRONG_ROLE',
    'WRONG_STATE',
    'WRONG_TERMS',
    'WRONG_TRADE_ID',
  ])('%s is final, and the trade is told', async (code) => {
    const { box } = outbox(refuses(code));
    expect(await box.deliver(data, effect())).toEqual({
      kind: 'undelivered',
      to: 'agent',
      type: 'release',
      code,
      text: `it says ${code}`,
    });
  });

  test.each([
    // The call itself, as grpc/client-errors.ts names what went wrong.
    'CALL_FAILED',
    'MESSAGE_TOO_LARGE',
    'NO_ANSWER_IN_TIME',
    'NOT_SERVED',
    'PEER_CERT_MISMATCH',
    'PEER_UNREACHABLE',
    // A daemon that is upgraded, restored or busy.
    'ENVELOPE_UNREADABLE',
    'ENVELOPE_VERSION',
    'INTERNAL',
    'JOURNAL_TERMINAL',
    'NODE_UNAVAILABLE',
    'OUT_OF_ORDER',
    'SHUTTING_DOWN',
    'TOO_MANY_CALLS',
    'TOO_MANY_EARLY',
    'TRADE_BUSY',
    'TRADE_NOT_FOUND',
    'A_CODE_OF_A_LATER_VERSION',
  ])('%s passes: it is sent again', async (code) => {
    await expect(outbox(refuses(code)).box.deliver(data, effect())).rejects.toMatchObject({ code });
  });

  test('an error that is none of ours passes too', async () => {
    const { box } = outbox(() => Promise.reject(new Error('socket')));
    await expect(box.deliver(data, effect())).rejects.toThrow('socket');
  });

  test('an address that is not known yet is waited for', async () => {
    await expect(outbox().box.deliver(data, effect({ to: 'maker' }))).rejects.toMatchObject({
      code: 'PEER_UNREACHABLE',
    });
  });
});

describe('S34 from A on no preimage is disclosed', () => {
  const preimage = effect({ envelope: envelope('preimage'), instead: envelope('notice'), notAfter: 99 });
  test.each([
    ['at A - 1', 99, ['preimage']],
    ['at A', 100, ['notice']],
  ])('%s', async (_, tip, expected) => {
    const { box, sent } = outbox(undefined, tip);
    await box.deliver(data, preimage);
    expect(sent).toEqual(expected);
  });

  test('while the node does not say where the chain is, nothing goes out', async () => {
    const sent: string[] = [];
    const box = new Outbox({
      tipHeight: () => Promise.reject(new TercetError('NODE_UNAVAILABLE', 'away', { wayOut: 'wait' })),
      link: () =>
        Promise.resolve({
          deliver: ({ envelope: { id } }) => Promise.resolve(sent.push(id)),
        }),
    });
    await expect(box.deliver(data, preimage)).rejects.toMatchObject({ code: 'NODE_UNAVAILABLE' });
    await box.deliver(data, effect());
    expect(sent).toEqual(['release']);
  });

  test('a refusal speaks of what was really sent', async () => {
    const { box } = outbox(refuses('WRONG_ROLE'), 100);
    expect(await box.deliver(data, preimage)).toMatchObject({ kind: 'undelivered', type: 'notice' });
  });
});
