import { randomBytes } from 'node:crypto';
import { TercetError } from '@tercet/protocol';
import type { CallContext, ServerMiddleware, ServerMiddlewareCall } from 'nice-grpc';
import { ServerError } from 'nice-grpc';
import { DETAIL_TRAILER, encodeDetail } from './error-detail.js';
import { statusOf } from './status.js';

/** Where the server writes what it keeps off the wire; pino's logger fits. */
export interface CallLogger {
  error(fields: Record<string, unknown>, text: string): void;
  warn(fields: Record<string, unknown>, text: string): void;
}

/**
 * Turns what a method throws into a gRPC status with a typed detail. An error that isn't ours becomes INTERNAL with a
 * reference that stands in the log beside the cause; the cause stays here (S36).
 */
export const typedErrors = (logger: CallLogger): ServerMiddleware =>
  async function* typed<Request, Response>(
    call: ServerMiddlewareCall<Request, Response>,
    context: CallContext,
  ) {
    try {
      return yield* call.next(call.request, context);
    } catch (error) {
      if (error instanceof ServerError || isAbort(error)) throw error;
      const ours = error instanceof TercetError ? error : internal(error, call.method.path, logger);
      context.trailer.set(DETAIL_TRAILER, encodeDetail(ours));
      throw new ServerError(statusOf(ours.code), ours.message.slice(0, 500));
    }
  };

function internal(error: unknown, path: string, logger: CallLogger): TercetError {
  const reference = randomBytes(6).toString('hex');
  logger.error({ err: error, path, reference }, 'a call failed for a reason that should not exist');
  return new TercetError(
    'INTERNAL',
    'The daemon failed in a way it should not. Whether the call took effect is not known.',
    {
      wayOut: `Look at the trade before trying again. The daemon's log has the reason beside the reference ${reference}.`,
      details: { reference },
    },
  );
}

/** A call that its client has ended: nobody is there to read an answer. */
export const isAbort = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError';
