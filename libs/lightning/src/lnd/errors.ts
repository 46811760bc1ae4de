/** What went wrong between us and lnd, in words and with a stable code. */
import { TercetError, hasCode } from '@tercet/protocol';

/** gRPC status codes, https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
const GRPC = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  failedPrecondition: 9,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** lnd answers with an error of its own in one of these; everything else was said by a transport, and proves nothing. */
const SAID_BY_LND: ReadonlySet<number> = new Set([
  GRPC.unknown,
  GRPC.invalidArgument,
  GRPC.notFound,
  GRPC.alreadyExists,
  GRPC.failedPrecondition,
]);

const WRONG_CERT = /certificate|self.signed|altnames|wrong version number|ssl routines/i;
const LOCKED = /wallet locked|wallet not created|wallet not found/i;
const BAD_MACAROON = /permission denied|macaroon|root key with id|signature mismatch after caveat/i;
const NOT_READY = /in the process of starting up|waiting to start|shutting down|not yet ready/i;
/** What grpc-js itself says under code UNKNOWN, where a proxy answered in lnd's place. */
const TRANSPORT = /received http status|rst_stream|missing http status/i;

interface GrpcError extends Error {
  code: number;
  details: string;
}

const isGrpcError = (error: unknown): error is GrpcError =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'number' &&
  'details' in error &&
  typeof error.details === 'string';

/**
 * Turns what a gRPC call threw into an error of ours. `doing` completes "… while it was to <doing>".
 * Codes: NODE_UNAVAILABLE, NODE_LOCKED, NODE_UNAUTHORIZED, NODE_WRONG_CERT, NODE_UNSUPPORTED, and NODE_REFUSED (lnd
 * itself said no), which callers turn into what it means for them.
 */
export const fromLnd = (error: unknown, doing: string): TercetError => {
  if (error instanceof TercetError) return error;
  if (!isGrpcError(error)) return nodeUnavailable(doing, error);
  const { code, details } = error;
  if (code === GRPC.unavailable && WRONG_CERT.test(details)) return wrongCert(error);
  if (code === GRPC.unimplemented)
    return new TercetError(
      'NODE_UNSUPPORTED',
      `The Lightning node can't ${doing}: ${details}. Nothing was sent.`,
      {
        wayOut: 'Run lnd 0.21 or newer, built with invoicesrpc and chainrpc (all releases are).',
        cause: error,
      },
    );
  if (LOCKED.test(details))
    return new TercetError(
      'NODE_LOCKED',
      `The wallet of the Lightning node is locked, so it can't ${doing}.`,
      {
        wayOut: 'Unlock it with `lncli unlock`, or set wallet-unlock-password-file in lnd.conf.',
        cause: error,
      },
    );
  if (code === GRPC.permissionDenied || code === GRPC.unauthenticated || BAD_MACAROON.test(details))
    return unauthorized(doing, error);
  if (!SAID_BY_LND.has(code) || NOT_READY.test(details) || TRANSPORT.test(details))
    return nodeUnavailable(doing, error);
  return new TercetError('NODE_REFUSED', `The Lightning node refused to ${doing}: ${details}.`, {
    wayOut: 'Read the reason given by the node; its log tells more.',
    details: { grpc: String(code), reason: details },
    cause: error,
  });
};

/** No answer, or none that proves anything. What was asked may or may not have happened (S3). */
export const nodeUnavailable = (doing: string, cause?: unknown): TercetError =>
  new TercetError(
    'NODE_UNAVAILABLE',
    `The Lightning node gave no answer while it was to ${doing}. What was asked may have happened; it is looked up before anything else is tried.`,
    { wayOut: 'Check that lnd runs and that its socket can be reached from here.', cause },
  );

export const wrongCert = (cause: unknown): TercetError =>
  new TercetError(
    'NODE_WRONG_CERT',
    "The Lightning node's TLS certificate isn't the one configured. Nothing was sent.",
    {
      wayOut:
        "Point the configuration to the node's own tls.cert, and name it by a host that stands in the certificate.",
      cause,
    },
  );

export const unauthorized = (doing: string, cause: unknown): TercetError =>
  new TercetError('NODE_UNAUTHORIZED', `The macaroon doesn't allow this daemon to ${doing}.`, {
    wayOut:
      'Bake a macaroon with the calls that this daemon makes, from the admin.macaroon of this very node.',
    cause,
  });

/** Whether lnd itself said no, so that the call certainly wasn't carried out by this request. */
export const isRefusal = (error: unknown): error is TercetError => hasCode(error, 'NODE_REFUSED');

export const isNotFound = (error: unknown): error is TercetError =>
  isRefusal(error) && error.details['grpc'] === String(GRPC.notFound);

export const isAlreadyThere = (error: unknown): error is TercetError =>
  isRefusal(error) && error.details['grpc'] === String(GRPC.alreadyExists);

/** lnd's own sentence, of a refusal. */
export const reasonOf = (error: TercetError): string => error.details['reason'] ?? error.message;
