import type { ServerInterceptor } from '@grpc/grpc-js';
import { Metadata, ServerInterceptingCall, ServerListenerBuilder, status } from '@grpc/grpc-js';
import { TercetError } from '@tercet/protocol';
import { DETAIL_TRAILER, encodeDetail } from './error-detail.js';

export interface RequestLimits {
  /** Longest time from a call's first byte to its whole request, ms. */
  requestMs: number;
  /** Requests of one network address that have begun and aren't whole. */
  unfinishedPerHost: number;
  /** The same over all clients: each may hold a message of the largest size in memory. */
  unfinished: number;
  /** Ends the connection of a client that was refused. */
  cut: (peer: string) => void;
}

/**
 * Bounds what a client costs before its request is whole (S37): middleware sees a call only then, so that a stream that is
 * never finished would neither count nor end.
 */
export function limitedRequests(limits: RequestLimits): ServerInterceptor {
  const byHost = new Map<string, number>();
  let unfinished = 0;
  return (method, call) => {
    const host = call.getPeer().replace(/:\d+$/, '');
    const ofHost = byHost.get(host) ?? 0;
    const isAbove = unfinished >= limits.unfinished || ofHost >= limits.unfinishedPerHost;
    unfinished += 1;
    byHost.set(host, ofHost + 1);
    let timer: NodeJS.Timeout | undefined;
    let isWhole = false;
    const whole = (): void => {
      if (isWhole) return;
      isWhole = true;
      clearTimeout(timer);
      unfinished -= 1;
      const left = (byHost.get(host) ?? 1) - 1;
      if (left === 0) byHost.delete(host);
      else byHost.set(host, left);
    };
    const refuse = (error: TercetError, code: status): void => {
      whole();
      const metadata = new Metadata();
      metadata.set(DETAIL_TRAILER, Buffer.from(encodeDetail(error)));
      intercepted.sendStatus({ code, details: error.message, metadata });
      limits.cut(call.getPeer());
    };
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        if (isAbove) {
          refuse(tooManyUnfinished(), status.RESOURCE_EXHAUSTED);
          return;
        }
        timer = setTimeout(
          () => refuse(tooSlow(limits.requestMs), status.DEADLINE_EXCEEDED),
          limits.requestMs,
        ).unref();
        next(metadata);
      })
      .withOnReceiveMessage((message, next) => {
        // A client that streams its requests goes on as long as it likes; its call has an end of its own.
        if (method.requestStream) whole();
        next(message);
      })
      .withOnReceiveHalfClose((next) => {
        whole();
        next();
      })
      .withOnCancel(whole)
      .build();
    const intercepted = new ServerInterceptingCall(call, { start: (next) => next(listener) });
    return intercepted;
  };
}

const tooManyUnfinished = (): TercetError =>
  new TercetError(
    'TOO_MANY_CALLS',
    'Too many requests of yours have begun and are not whole. Nothing was done with this one.',
    {
      wayOut: 'Try again in a moment, with fewer at a time.',
    },
  );

const tooSlow = (limitMs: number): TercetError =>
  new TercetError(
    'REQUEST_TOO_SLOW',
    `The request was not whole within ${limitMs / 1000} s. Nothing was done.`,
    {
      wayOut: 'Send it again over a better line.',
    },
  );
