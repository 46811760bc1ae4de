import { describe, expect, it } from '@jest/globals';
import { rpc, TercetError } from '@tercet/protocol';
import { decodeDetail, encodeDetail } from './error-detail.js';

const detail = (fields: Partial<rpc.ErrorDetail>) =>
  rpc.ErrorDetail.encode({ code: 'X_Y', message: 'm', wayOut: 'w', details: {}, ...fields }).finish();

describe('an error on the wire', () => {
  it('comes back with everything but its cause', () => {
    const sent = new TercetError('NO_ROUTE', 'No way there. Nothing was paid.', {
      wayOut: 'Open a channel.',
      details: { hash: 'ab' },
      cause: new Error('inner'),
    });
    const bytes = encodeDetail(sent);
    expect(Buffer.from(bytes).includes('inner')).toBe(false);
    const { code, message, wayOut, details } = sent;
    expect(decodeDetail(bytes, undefined)).toMatchObject({ code, message, wayOut, details });
  });

  it('fits into a header block however much was put in', () => {
    const long = 'ä'.repeat(5000);
    const error = new TercetError('X_Y', long, { wayOut: long, details: { a: long } });
    expect(encodeDetail(error).length).toBeLessThan(4200);
  });

  it('shows no control characters of a stranger', () => {
    const shown = decodeDetail(
      detail({ message: 'a\u001b[2Jb\u202ec', details: { 'k\n': '\u0007' } }),
      undefined,
    );
    expect(shown?.message).toBe('a [2Jb c');
    expect(shown?.details).toEqual({ 'k ': ' ' });
  });

  it.each([
    ['bytes that are no message', Uint8Array.of(0xff, 0xff, 0xff)],
    ['an empty one', new Uint8Array()],
    ['a code that is none', detail({ code: 'rm -rf' })],
  ])('is none in %s', (_, bytes) => expect(decodeDetail(bytes, undefined)).toBeUndefined());
});
