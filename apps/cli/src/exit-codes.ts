import type { TercetError } from '@tercet/protocol';

/** Exit codes of `tercet`; part of the interface for scripts. */
export const EXIT = {
  ok: 0,
  other: 1,
  usage: 2,
  unreachable: 3,
  refused: 4,
  notAllowed: 5,
  notFound: 6,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const MEANINGS: readonly [ExitCode, string][] = [
  [EXIT.ok, 'done'],
  [EXIT.other, 'anything that is not below'],
  [EXIT.usage, 'wrong usage: an argument, an option, or the configuration'],
  [EXIT.unreachable, 'the daemon is out of reach, or gave no answer in time'],
  [EXIT.refused, 'refused by the rules of the trade'],
  [EXIT.notAllowed, 'not allowed: the token is missing, unknown, or for something else'],
  [EXIT.notFound, 'there is no such trade, offer, payment or agent'],
];

/** Reason codes that say more than the gRPC status they travel under. */
const BY_REASON: Readonly<Record<string, ExitCode>> = {
  USAGE: EXIT.usage,
  ROLE_UNCLEAR: EXIT.usage,
  ADDRESS_INVALID: EXIT.usage,
  ARGUMENT_INVALID: EXIT.usage,
  CONFIG_INVALID: EXIT.usage,
  SEED_WORDS: EXIT.usage,
  DAEMON_UNREACHABLE: EXIT.unreachable,
  NO_ANSWER_IN_TIME: EXIT.unreachable,
  SHUTTING_DOWN: EXIT.unreachable,
  CERT_FILE_MISSING: EXIT.unreachable,
  PEER_CERT_MISMATCH: EXIT.unreachable,
  TOKEN_FILE_MISSING: EXIT.notAllowed,
  TOKEN_FILE_CLOSED: EXIT.notAllowed,
  TOKEN_MISSING: EXIT.notAllowed,
  TOKEN_UNKNOWN: EXIT.notAllowed,
  TOKEN_SCOPE: EXIT.notAllowed,
  METHOD_CLOSED: EXIT.notAllowed,
  WRONG_ROLE: EXIT.refused,
  NOT_SERVED: EXIT.refused,
  ORDER_NOT_TAKEABLE: EXIT.refused,
  SET_UP_ALREADY: EXIT.refused,
  SEED_EXISTS: EXIT.refused,
  FILE_EXISTS: EXIT.refused,
  ORDER_NOT_FOUND: EXIT.notFound,
  PAYMENT_NOT_FOUND: EXIT.notFound,
};

/** gRPC status numbers, for reasons that this version doesn't know by name. */
const BY_STATUS: Readonly<Record<number, ExitCode>> = {
  3: EXIT.refused,
  4: EXIT.unreachable,
  5: EXIT.notFound,
  6: EXIT.refused,
  7: EXIT.notAllowed,
  8: EXIT.refused,
  9: EXIT.refused,
  16: EXIT.notAllowed,
};

const statusOf = (cause: unknown): number | undefined =>
  typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'number'
    ? cause.code
    : undefined;

/** The exit code of an error: by its reason, else by the gRPC status that it came under. */
export const exitCodeOf = (error: TercetError): ExitCode => {
  const byReason = BY_REASON[error.code];
  if (byReason !== undefined) return byReason;
  const status = statusOf(error.cause);
  return (status === undefined ? undefined : BY_STATUS[status]) ?? EXIT.other;
};

/** For the foot of `tercet --help`. */
export const exitCodeHelp = (): string =>
  ['Exit codes:', ...MEANINGS.map(([code, meaning]) => `  ${code}  ${meaning}`)].join('\n');
