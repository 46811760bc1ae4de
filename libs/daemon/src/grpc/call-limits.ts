import { TercetError } from '@tercet/protocol';
import type { CallContext, ServerMiddleware, ServerMiddlewareCall } from 'nice-grpc';

export interface CallLimits {
  /** Calls and streams open at a time, over all clients. */
  open: number;
  /** The same from one network address. */
  openPerHost: number;
}

/** Refuses calls above a ceiling instead of queueing them (S37): one noisy peer delays nobody else (S28). */
export function limitedCalls(limits: CallLimits): ServerMiddleware {
  const openByHost = new Map<string, number>();
  let open = 0;
  return async function* limited<Request, Response>(
    call: ServerMiddlewareCall<Request, Response>,
    context: CallContext,
  ) {
    const host = context.peer.replace(/:\d+$/, '');
    const ofHost = openByHost.get(host) ?? 0;
    if (open >= limits.open || ofHost >= limits.openPerHost) throw tooMany();
    open += 1;
    openByHost.set(host, ofHost + 1);
    try {
      return yield* call.next(call.request, context);
    } finally {
      open -= 1;
      const left = (openByHost.get(host) ?? 1) - 1;
      if (left === 0) openByHost.delete(host);
      else openByHost.set(host, left);
    }
  };
}

const tooMany = (): TercetError =>
  new TercetError(
    'TOO_MANY_CALLS',
    'Too many calls are open at this daemon. Nothing was done with this one.',
    {
      wayOut: 'Try again in a moment, with fewer at a time.',
    },
  );
