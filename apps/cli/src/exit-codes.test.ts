import { TercetError } from '@tercet/protocol';
import { EXIT, exitCodeHelp, exitCodeOf } from './exit-codes.js';

const failed = (code: string, status?: number): TercetError =>
  new TercetError(code, 'It failed.', {
    wayOut: 'Nothing.',
    cause: status === undefined ? undefined : Object.assign(new Error('grpc'), { code: status }),
  });

test.each([
  ['USAGE', undefined, 2],
  ['CONFIG_INVALID', undefined, 2],
  ['DAEMON_UNREACHABLE', 14, 3],
  ['CERT_FILE_MISSING', undefined, 3],
  ['NO_ANSWER_IN_TIME', 4, 3],
  ['TOKEN_SCOPE', 7, 5],
  ['TOKEN_FILE_MISSING', undefined, 5],
  ['WRONG_ROLE', 7, 4],
  ['NOT_SERVED', 12, 4],
  ['ORDER_FORGED', 3, 4],
  ['CONFIRM_LOSS', 9, 4],
  ['LIMIT_REACHED', 8, 4],
  ['TRADE_NOT_FOUND', 5, 6],
  ['SOMETHING_NEW', 5, 6],
  ['SOMETHING_NEW', 16, 5],
  ['PEER_UNREACHABLE', 14, 1],
  ['INTERNAL', 13, 1],
  ['CLI_FAILED', undefined, 1],
])('%s under gRPC status %s ends with %s', (code, status, exit) => {
  expect(exitCodeOf(failed(code, status))).toBe(exit);
});

test('the help names each code once', () => {
  const lines = exitCodeHelp().split('\n').slice(1);
  expect(lines.map((line) => Number(line.trim()[0]))).toEqual(Object.values(EXIT));
});
