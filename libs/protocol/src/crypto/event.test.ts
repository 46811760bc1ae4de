import { utf8ToBytes } from '@noble/hashes/utils.js';
import { signEvent, verifyEvent } from './event.js';
import { publicKeyOf, sign } from './schnorr.js';

const secret = utf8ToBytes('a secret key of thirty-two bytes');
const unsigned = {
  pubkey: publicKeyOf(secret),
  created_at: 1_700_000_000,
  kind: 3939,
  tags: [['v', '1']],
  content: '{"a":"\u2713"}',
};
const signed = signEvent(unsigned, (hash) => sign(hash, secret));

test('signed twice it is the same', () => {
  expect(signEvent(unsigned, (hash) => sign(hash, secret))).toEqual(signed);
  expect(verifyEvent(signed)).toBe(true);
});

test.each([
  ['content', { content: '{}' }],
  ['kind', { kind: 1 }],
  ['time', { created_at: 1 }],
  ['tags', { tags: [['v', '2']] }],
  ['key', { pubkey: publicKeyOf(utf8ToBytes('b secret key of thirty-two bytes')) }],
  ['id', { id: '00'.repeat(32) }],
  ['signature', { sig: '00'.repeat(64) }],
])('S31 a changed %s does not fit', (_, change) => expect(verifyEvent({ ...signed, ...change })).toBe(false));
