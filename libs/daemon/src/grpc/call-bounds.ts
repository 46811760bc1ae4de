import { TercetError } from '@tercet/protocol';
import type { CallContext, ServerMiddleware, ServerMiddlewareCall } from 'nice-grpc';
import type { CallLogger } from './call-errors.js';
import { isAbort } from './call-errors.js';

export interface CallBounds {
  /** Longest time of a call that answers once. */
  unaryMs: number;
  /** Longest time of a stream; its client resumes from the cursor. */
  streamMs: number;
  /** Aborted when the server shuts down: streams end at once, calls that answer once may finish. */
  closing: AbortSignal;
  logger: CallLogger;
}

/**
 * Ends each call at its deadline, when its client is gone, and, for streams, at shutdown; the method sees the same end
 * as its abort signal. A client's own shorter deadline is kept by the transport.
 */
export const boundedCalls = (bounds: CallBounds): ServerMiddleware =>
  async function* bounded<Request, Response>(
    call: ServerMiddlewareCall<Request, Response>,
    context: CallContext,
  ) {
    const end = endOf(context.signal, bounds, call.responseStream);
    const inside = { ...context, signal: end.signal };
    const failedLate = (error: unknown) => {
      // A method that stops because the call ended says so with the signal's reason or an abort error.
      if (error === end.signal.reason || isAbort(error)) return;
      bounds.logger.warn(
        { err: error, path: call.method.path },
        'a call failed after its end; nobody was told',
      );
    };
    try {
      if (call.responseStream) {
        yield* untilEnd(call.next(call.request, inside), end.ended, failedLate);
        return;
      }
      return yield* untilEnd(call.next(call.request, inside), end.ended, failedLate);
    } finally {
      end.clear();
    }
  };

interface End {
  signal: AbortSignal;
  /** Never resolves; rejects with the reason of the end. */
  ended: Promise<never>;
  clear(): void;
}

function endOf(client: AbortSignal, bounds: CallBounds, stream: boolean): End {
  const end = new AbortController();
  const limitMs = stream ? bounds.streamMs : bounds.unaryMs;
  const timer = setTimeout(() => end.abort(tooLate(limitMs, stream)), limitMs).unref();
  const clientGone = () => end.abort(client.reason);
  const closed = () => end.abort(shuttingDown());
  client.addEventListener('abort', clientGone);
  if (stream) bounds.closing.addEventListener('abort', closed);
  if (client.aborted) clientGone();
  if (stream && bounds.closing.aborted) closed();
  const ended = new Promise<never>((_, reject) => {
    const fail = () => reject(end.signal.reason as Error);
    if (end.signal.aborted) fail();
    else end.signal.addEventListener('abort', fail, { once: true });
  });
  // It may reject while nobody waits for it (between two answers of a stream); the next wait sees it all the same.
  ended.catch(() => undefined);
  return {
    signal: end.signal,
    ended,
    clear() {
      clearTimeout(timer);
      client.removeEventListener('abort', clientGone);
      bounds.closing.removeEventListener('abort', closed);
    },
  };
}

/** Passes answers on until the method or the call ends; a method that goes on after the call's end is closed behind it. */
async function* untilEnd<Answer, Last>(
  answers: AsyncGenerator<Answer, Last, undefined>,
  ended: Promise<never>,
  failedLate: (error: unknown) => void,
): AsyncGenerator<Answer, Last, undefined> {
  let open = true;
  let pending: Promise<IteratorResult<Answer, Last>> | undefined;
  try {
    for (;;) {
      pending = answers.next().finally(() => (pending = undefined));
      const next = await Promise.race([pending, ended]);
      if (next.done === true) {
        open = false;
        return next.value;
      }
      yield next.value;
    }
  } finally {
    if (open) {
      pending?.catch(failedLate);
      answers.return(undefined as Last).catch(failedLate);
    }
  }
}

const tooLate = (limitMs: number, stream: boolean): TercetError =>
  new TercetError(
    'NO_ANSWER_IN_TIME',
    stream
      ? 'The stream has reached its longest time.'
      : `The daemon did not finish within ${limitMs / 1000} s. What it began goes on; nothing was undone.`,
    { wayOut: stream ? 'Open it again from the last cursor.' : 'Look at the trade before trying again.' },
  );

const shuttingDown = (): TercetError =>
  new TercetError(
    'SHUTTING_DOWN',
    'The daemon is shutting down. Trades are stored and go on when it is back.',
    {
      wayOut: 'Connect again when it runs.',
    },
  );
