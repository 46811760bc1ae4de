import { TercetError } from '@tercet/protocol';
import { fromLnd, isAlreadyThere, isNotFound, isRefusal, reasonOf } from './errors.js';

/** As grpc-js makes them. */
const grpcError = (code: number, details: string) =>
  Object.assign(new Error(`${String(code)}: ${details}`), { code, details });

describe('S3 only what lnd itself said proves that nothing happened', () => {
  test.each([
    ['nobody there', 14, 'No connection established. Last error: connect ECONNREFUSED', 'NODE_UNAVAILABLE'],
    ['deadline passed', 4, 'Deadline exceeded after 15.0s', 'NODE_UNAVAILABLE'],
    ['stream let go', 1, 'Cancelled on client', 'NODE_UNAVAILABLE'],
    ['a stream reset', 13, 'Received RST_STREAM with code 2', 'NODE_UNAVAILABLE'],
    ['a proxy answered', 2, 'Received HTTP status code 500', 'NODE_UNAVAILABLE'],
    ['lnd shutting down', 2, 'routerrpc server shutting down', 'NODE_UNAVAILABLE'],
    [
      'lnd starting',
      2,
      'the RPC server is in the process of starting up, but not yet ready',
      'NODE_UNAVAILABLE',
    ],
    ['locked', 2, 'wallet locked, unlock it to enable full RPC access', 'NODE_LOCKED'],
    ['no wallet', 2, 'wallet not created, create one to enable full RPC access', 'NODE_LOCKED'],
    ['not allowed', 2, 'permission denied', 'NODE_UNAUTHORIZED'],
    [
      'a forged macaroon',
      2,
      'verification failed: signature mismatch after caveat verification',
      'NODE_UNAUTHORIZED',
    ],
    [
      'a taken-back macaroon',
      2,
      "cannot get macaroon: root key with id 7 doesn't exist",
      'NODE_UNAUTHORIZED',
    ],
    [
      'another certificate',
      14,
      'No connection established. Last error: self-signed certificate',
      'NODE_WRONG_CERT',
    ],
    ['another name', 14, "Hostname/IP does not match certificate's altnames", 'NODE_WRONG_CERT'],
    ['a build without a service', 12, 'unknown service invoicesrpc.Invoices', 'NODE_UNSUPPORTED'],
    ['lnd said no', 2, 'invoice expired. Valid until 2026-01-01', 'NODE_REFUSED'],
  ])('%s', (_, code, details, expected) => {
    const error = fromLnd(grpcError(code, details), 'pay');
    expect(error.code).toBe(expected);
    expect(error.wayOut).not.toBe('');
    expect(isRefusal(error)).toBe(expected === 'NODE_REFUSED');
  });

  test('what is not from gRPC is no refusal either', () => {
    expect(fromLnd(new Error('socket hang up'), 'pay').code).toBe('NODE_UNAVAILABLE');
    expect(fromLnd('odd', 'pay').code).toBe('NODE_UNAVAILABLE');
  });

  test('an error of ours stays itself', () => {
    const ours = new TercetError('HASH_IN_USE', 'taken', { wayOut: 'another' });
    expect(fromLnd(ours, 'pay')).toBe(ours);
  });

  test('a refusal keeps its kind and words', () => {
    const missing = fromLnd(grpcError(5, 'unable to locate invoice'), 'look up');
    expect([isNotFound(missing), isAlreadyThere(missing), reasonOf(missing)]).toEqual([
      true,
      false,
      'unable to locate invoice',
    ]);
    expect(isAlreadyThere(fromLnd(grpcError(6, 'payment is in transition'), 'pay'))).toBe(true);
  });
});
