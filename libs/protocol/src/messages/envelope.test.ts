import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from '../crypto/canonical.js';
import { signEvent } from '../crypto/event.js';
import { performing } from '../testing/steps.js';
import { keyringOf } from '../testing/three-parties.js';
import type { PaymentHash, PaymentRequest, TermsHash, TradeId } from '../units.js';
import { height, msat, unixMs } from '../units.js';
import type { Body } from './bodies.js';
import type { Envelope } from './envelope.js';
import { LARGEST_ENVELOPE_BYTES, open, seal } from './envelope.js';

const keys = keyringOf('taker');
const message = {
  from: 'taker' as const,
  to: 'agent' as const,
  tradeId: 'ab'.repeat(32) as TradeId,
  sequence: 7,
  termsHash: 'cd'.repeat(32) as TermsHash,
};
const sealed = (body: Body, change: Partial<typeof message> = {}): Envelope =>
  seal({ ...message, ...change, body }, unixMs(1_700_000_000_000), keys.publicKey, (hash) => keys.sign(hash));
const good = sealed({ type: 'performing' });
const codeOf = (e: Envelope): string => {
  try {
    open(e);
    return 'opened';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
};
/** Signs whatever the event says, as somebody with a key would. */
const resigned = (change: Partial<Envelope>): Envelope => {
  const { pubkey, created_at, kind, tags, content } = { ...good, ...change };
  return signEvent({ pubkey, created_at, kind, tags, content }, (hash) => keys.sign(hash));
};

test('a message opens to what was sealed, deterministically', () => {
  expect(open(good)).toEqual({ id: good.id, key: keys.publicKey, ...message, body: { type: 'performing' } });
  expect(sealed({ type: 'performing' })).toEqual(good);
});

const tag = (name: string, value: string) => good.tags.map((one) => (one[0] === name ? [name, value] : one));

describe('S31: size, then version, then signature, then content', () => {
  const huge = 'x'.repeat(LARGEST_ENVELOPE_BYTES + 1);
  test.each<[string, Envelope, string]>([
    [
      'oversized, and everything else wrong too',
      { ...good, content: huge, tags: [], sig: '' },
      'ENVELOPE_TOO_LARGE',
    ],
    [
      'oversized in bytes, in letters a third',
      { ...good, content: '€'.repeat(22_000) },
      'ENVELOPE_TOO_LARGE',
    ],
    ['oversized tags', { ...good, tags: [...good.tags, ['x', huge]] }, 'ENVELOPE_TOO_LARGE'],
    ['unknown version, forged too', { ...good, tags: tag('v', '3'), sig: '' }, 'ENVELOPE_VERSION'],
    ['no version', { ...good, tags: [] }, 'ENVELOPE_VERSION'],
    ['unsigned', { ...good, sig: '' }, 'ENVELOPE_FORGED'],
    ['another signature', { ...good, sig: keys.sign('00'.repeat(32)) }, 'ENVELOPE_FORGED'],
    ['another author', { ...good, pubkey: keyringOf('maker').publicKey }, 'ENVELOPE_FORGED'],
    ['another time', { ...good, created_at: good.created_at + 1 }, 'ENVELOPE_FORGED'],
    ['another id', { ...good, id: '00'.repeat(32) }, 'ENVELOPE_FORGED'],
    ['another kind', resigned({ kind: 1 }), 'ENVELOPE_FORGED'],
    ['tampered content', { ...good, content: '{"type":"release"}' }, 'ENVELOPE_FORGED'],
    ...good.tags
      .slice(1)
      .map<[string, Envelope, string]>(([name = '']) => [
        `tampered tag ${name}`,
        { ...good, tags: tag(name, name === 'n' ? '8' : 'ef'.repeat(32)) },
        'ENVELOPE_FORGED',
      ]),
    ['signed, not canonical', resigned({ content: '{ "type":"performing"}' }), 'ENVELOPE_UNREADABLE'],
    ['signed, not JSON', resigned({ content: 'performing' }), 'ENVELOPE_UNREADABLE'],
    ['signed, unknown field', resigned({ content: '{"more":1,"type":"performing"}' }), 'ENVELOPE_UNREADABLE'],
    ['signed, unknown body', resigned({ content: '{"type":"steal"}' }), 'ENVELOPE_UNREADABLE'],
    [
      'signed, half a character in words',
      resigned({ content: '{"hash":null,"type":"cancelled","why":"\\ud800"}' }),
      'ENVELOPE_UNREADABLE',
    ],
    ['signed, sequence 0', resigned({ tags: tag('n', '0') }), 'ENVELOPE_UNREADABLE'],
    ['signed, unknown role', resigned({ tags: tag('r', 'arbiter') }), 'ENVELOPE_UNREADABLE'],
    ['signed, one tag more', resigned({ tags: [...good.tags, ['x', 'y']] }), 'ENVELOPE_UNREADABLE'],
    ['signed again, unchanged', resigned({}), 'opened'],
  ])('%s', (_, envelope, code) => expect(codeOf(envelope)).toBe(code));
});

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((raw) => Buffer.from(raw).toString('hex'));
const bodies: fc.Arbitrary<Body> = fc.oneof(
  fc.constantFrom<Body>(
    { type: 'performing' },
    { type: 'fiatSent' },
    { type: 'release' },
    { type: 'escrowQuery' },
  ),
  fc.record({
    type: fc.constant('accepted' as const),
    hash: hex(32) as fc.Arbitrary<never>,
    E: fc.nat(1_000_000).map(height),
    h: fc.nat(1_000_000).map(height),
    receivedMsat: fc.bigInt({ min: 0n, max: 2_100_000_000_000_000_000n }).map(msat),
  }),
  fc.record({
    type: fc.constant('cancelled' as const),
    hash: fc.option(hex(32) as fc.Arbitrary<never>),
    why: fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' }).filter((text) => text.length <= 300),
  }),
);
test('A14: any body comes through the envelope unchanged, amounts to the last msat', () => {
  fc.assert(
    fc.property(bodies, fc.integer({ min: 1, max: 999_999_999 }), (body, sequence) => {
      const opened = open(sealed(body, { sequence }));
      expect([opened.body, opened.sequence]).toEqual([body, sequence]);
      expect(good.content).toBe(canonicalJson({ type: 'performing' }));
    }),
  );
});

test('S32: a sealed text opens for its reader only, and only as its writer wrote it', () => {
  const [maker, agent] = [keyringOf('maker'), keyringOf('agent')];
  const text = keys.seal('IBAN DE00 1234', maker.publicKey);
  expect(maker.openSeal(text, keys.publicKey)).toBe('IBAN DE00 1234');
  const broken = expect.objectContaining({ code: 'SEAL_BROKEN' });
  expect(() => agent.openSeal(text, keys.publicKey)).toThrow(broken);
  expect(() => maker.openSeal(text, agent.publicKey)).toThrow(broken);
  const middle = text.length >> 1;
  const other = text[middle] === 'A' ? 'B' : 'A';
  const tampered = `${text.slice(0, middle)}${other}${text.slice(middle + 1)}`;
  expect(() => maker.openSeal(tampered, keys.publicKey)).toThrow(broken);
  expect(performing('sell', 'AGENT_HELD').data('taker').fiatDetails).toBe('IBAN DE00 1234');
});

test('S45 a debt that was tried for a month of minutes is still asked about, and answered', () => {
  const attempt = 30 * 24 * 60;
  const debt: Body = { type: 'obligation', why: 'Released.', amountMsat: msat(1000n), attempt };
  expect(open(sealed(debt)).body).toEqual(debt);
  const invoice: Body = {
    type: 'freshInvoice',
    attempt,
    hash: 'ab'.repeat(32) as PaymentHash,
    request: 'lnbcrt1x' as PaymentRequest,
  };
  expect(open(sealed(invoice)).body).toEqual(invoice);
});
