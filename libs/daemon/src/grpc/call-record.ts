import type { CallContext, ServerMiddleware, ServerMiddlewareCall } from 'nice-grpc';
import { ServerError, Status } from 'nice-grpc';
import { isAbort } from './call-errors.js';

/** What metrics are made of: no request, no key, no address. */
export interface CallRecord {
  /** `/tercet.v1.TradeService/GetTrade`. */
  path: string;
  /** Name of the gRPC status. */
  status: string;
  elapsedMs: number;
}

/** Tells of every call once it has ended. */
export const recordedCalls = (onCall: (record: CallRecord) => void): ServerMiddleware =>
  async function* recorded<Request, Response>(
    call: ServerMiddlewareCall<Request, Response>,
    context: CallContext,
  ) {
    const from = performance.now();
    let status = Status.CANCELLED;
    try {
      const last = yield* call.next(call.request, context);
      status = Status.OK;
      return last;
    } catch (error) {
      status = error instanceof ServerError ? error.code : isAbort(error) ? Status.CANCELLED : Status.UNKNOWN;
      throw error;
    } finally {
      onCall({ path: call.method.path, status: Status[status], elapsedMs: performance.now() - from });
    }
  };
