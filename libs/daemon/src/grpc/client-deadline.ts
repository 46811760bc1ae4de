import type { CallOptions, ClientMiddleware, ClientMiddlewareCall } from 'nice-grpc';
import { ClientError, Status } from 'nice-grpc';

/** What a call may name beside its `signal`. */
export interface CallDeadline {
  /** Milliseconds from now; where it is absent, the connection's own holds. */
  deadlineMs?: number;
}

/** Ends every call at its deadline, named or not. The timers keep no process alive. */
export const withDeadline = (defaults: {
  unaryMs: number;
  streamMs: number;
}): ClientMiddleware<CallDeadline> =>
  async function* bounded<Request, Response>(
    call: ClientMiddlewareCall<Request, Response>,
    { deadlineMs, signal, ...options }: CallOptions & CallDeadline,
  ) {
    const end = new AbortController();
    const late = Symbol('late');
    const limitMs = deadlineMs ?? (call.responseStream ? defaults.streamMs : defaults.unaryMs);
    const timer = setTimeout(() => end.abort(late), limitMs).unref();
    const leave = () => end.abort(signal?.reason);
    signal?.addEventListener('abort', leave);
    if (signal?.aborted === true) leave();
    try {
      return yield* call.next(call.request, { ...options, signal: end.signal });
    } catch (error) {
      // What was aborted says only that it was; the signal says why.
      throw end.signal.reason === late
        ? new ClientError(call.method.path, Status.DEADLINE_EXCEEDED, 'no answer before the deadline')
        : error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', leave);
    }
  };
