import { Status } from 'nice-grpc';

/** gRPC status of each reason code. One that isn't listed is a rule that refused: FAILED_PRECONDITION. */
const CODES: Partial<Record<keyof typeof Status, readonly string[]>> = {
  INVALID_ARGUMENT: [
    'AMBIGUOUS_PAYMENT',
    'AMBIGUOUS_TRADE',
    'ARGUMENT_INVALID',
    'CURSOR_INVALID',
    'ENVELOPE_UNREADABLE',
    'ENVELOPE_VERSION',
    'INVOICE_INVALID',
    'NOTE_MISSING',
    'NOT_CANONICAL',
    'ORDER_FORGED',
    'ORDER_UNREADABLE',
    'PREIMAGE_WRONG',
  ],
  UNAUTHENTICATED: ['ENVELOPE_FORGED', 'TOKEN_MISSING', 'TOKEN_UNKNOWN'],
  PERMISSION_DENIED: ['METHOD_CLOSED', 'TOKEN_SCOPE', 'WRONG_ADDRESSEE', 'WRONG_ROLE'],
  NOT_FOUND: [
    'AGENT_NOT_FOUND',
    'DISPUTE_NOT_FOUND',
    'ORDER_NOT_FOUND',
    'PAYMENT_NOT_FOUND',
    'TERMS_NOT_FOUND',
    'TRADE_NOT_FOUND',
  ],
  ALREADY_EXISTS: ['HASH_IN_USE', 'ORDER_TAKEN'],
  RESOURCE_EXHAUSTED: [
    'ENVELOPE_TOO_LARGE',
    'LIMIT_REACHED',
    'MESSAGE_TOO_LARGE',
    'OVER_CEILING',
    'TOO_MANY_CALLS',
    'TOO_MANY_CONNECTIONS',
    'TOO_MANY_TRADES',
    'TOO_MUCH_THIS_HOUR',
  ],
  DEADLINE_EXCEEDED: ['NO_ANSWER_IN_TIME', 'REQUEST_TOO_SLOW'],
  UNAVAILABLE: ['NODE_UNAVAILABLE', 'PEER_UNREACHABLE', 'SHUTTING_DOWN', 'STORE_UNAVAILABLE'],
  UNIMPLEMENTED: ['NOT_SERVED'],
  INTERNAL: ['INTERNAL'],
};

const STATUS_BY_CODE = new Map<string, Status>(
  Object.entries(CODES).flatMap(([status, codes]) =>
    codes.map((code) => [code, Status[status as keyof typeof Status]] as const),
  ),
);

/** The gRPC status that a reason code travels under. */
export const statusOf = (code: string): Status => STATUS_BY_CODE.get(code) ?? Status.FAILED_PRECONDITION;
