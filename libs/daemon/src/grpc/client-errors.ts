import { TercetError } from '@tercet/protocol';
import type { CallOptions, ClientMiddleware, ClientMiddlewareCall, Metadata } from 'nice-grpc';
import { ClientError, Status } from 'nice-grpc';
import type { Endpoint } from './endpoint.js';
import { DETAIL_TRAILER, decodeDetail } from './error-detail.js';
import { certificateMismatch, unreachable } from './pinned-certificate.js';

/** Turns every failed call back into the TercetError that the daemon threw, or into one that says how it failed. */
export const readErrors = (endpoint: Endpoint): ClientMiddleware =>
  async function* read<Request, Response>(
    call: ClientMiddlewareCall<Request, Response>,
    options: CallOptions,
  ) {
    let detail: Uint8Array | undefined;
    const onTrailer = (trailer: Metadata) => {
      detail = trailer.get(DETAIL_TRAILER);
      options.onTrailer?.(trailer);
    };
    try {
      return yield* call.next(call.request, { ...options, onTrailer });
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      throw (detail && decodeDetail(detail, error)) ?? failed(error, endpoint);
    }
  };

function failed(error: ClientError, endpoint: Endpoint): TercetError {
  const where = `${endpoint.host}:${endpoint.port}`;
  const details = { address: where, status: Status[error.code], reason: error.details };
  switch (error.code) {
    case Status.UNAVAILABLE:
      return /certificate/i.test(error.details)
        ? certificateMismatch(endpoint, { reason: error.details }, error)
        : unreachable(endpoint, error);
    case Status.DEADLINE_EXCEEDED:
      return new TercetError(
        'NO_ANSWER_IN_TIME',
        `The daemon at ${where} did not answer in time. Whether the call took effect is not known.`,
        { wayOut: 'Look at the trade before trying again.', details, cause: error },
      );
    case Status.RESOURCE_EXHAUSTED:
      return new TercetError(
        'MESSAGE_TOO_LARGE',
        `The daemon at ${where} refused a message of that size. Nothing was done.`,
        {
          wayOut: 'Send less at a time.',
          details,
          cause: error,
        },
      );
    case Status.UNIMPLEMENTED:
      return new TercetError('NOT_SERVED', `The daemon at ${where} does not offer this. Nothing was done.`, {
        wayOut: 'See that it has the right role, and upgrade the older of the two.',
        details,
        cause: error,
      });
    default:
      return new TercetError('CALL_FAILED', `The call to ${where} failed: ${error.details}.`, {
        wayOut: "Look at the trade before trying again; the daemon's log may say more.",
        details,
        cause: error,
      });
  }
}
