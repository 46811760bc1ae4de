import { channel } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { TercetError } from '@tercet/protocol';
import type { CallContext, ServerMiddleware, ServerMiddlewareCall } from 'nice-grpc';

export interface ConnectionLimits {
  /** Connections that are served at a time, over all clients. */
  open: number;
  /** The same from one network address. */
  openPerHost: number;
}

export interface ConnectionGate {
  /** Counts the connections to this port from now on. */
  watch(port: number): void;
  /** Refuses calls on connections above the ceilings, with the reason. */
  middleware: ServerMiddleware;
  /** Ends a client's connection, once what it was told has gone out: gRPC leaves a stream open that its client doesn't end. */
  cut(peer: string): void;
  close(): void;
}

/** Node tells of every socket that a server of this process takes (node:diagnostics_channel, "net.server.socket"). */
const accepted = channel('net.server.socket');
/** So many beyond a ceiling are let in to be told why they aren't served; more are cut without a word. */
const TOLD = 64;
/** Before a connection is cut, its client may read why. */
const LAST_WORDS_MS = 500;

/**
 * Holds the connections of one server under two ceilings (S37): gRPC itself takes any number. What is above them is told
 * TOO_MANY_CONNECTIONS at its first call, and served once others have left.
 */
export function connectionGate(limits: ConnectionLimits): ConnectionGate {
  const open = new Map<string, Socket>();
  const byHost = new Map<string, Set<string>>();
  let watched: number | undefined;

  const onSocket = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    if (socket.localPort !== watched) return;
    const host = socket.remoteAddress ?? '';
    const peer = `${host}:${socket.remotePort ?? ''}`;
    const ofHost = byHost.get(host) ?? new Set();
    if (open.size >= limits.open + TOLD || ofHost.size >= limits.openPerHost + TOLD) {
      socket.destroy();
      return;
    }
    open.set(peer, socket);
    byHost.set(host, ofHost.add(peer));
    socket.once('close', () => {
      open.delete(peer);
      ofHost.delete(peer);
      if (ofHost.size === 0) byHost.delete(host);
    });
  };

  /** In the order in which they came, the first so many are served. */
  const isServed = (peer: string): boolean => {
    const host = peer.replace(/:\d+$/, '');
    return (
      isAmong(open.keys(), peer, limits.open) && isAmong(byHost.get(host) ?? [], peer, limits.openPerHost)
    );
  };

  return {
    watch(port) {
      watched = port;
      accepted.subscribe(onSocket);
    },
    cut(peer) {
      const socket = open.get(peer);
      if (socket) setTimeout(() => socket.destroy(), LAST_WORDS_MS).unref();
    },
    close() {
      accepted.unsubscribe(onSocket);
    },
    middleware: async function* served<Request, Response>(
      call: ServerMiddlewareCall<Request, Response>,
      context: CallContext,
    ) {
      if (open.has(context.peer) && !isServed(context.peer)) throw tooMany();
      return yield* call.next(call.request, context);
    },
  };
}

function isAmong(peers: Iterable<string>, wanted: string, first: number): boolean {
  let place = 0;
  for (const peer of peers) {
    if (place >= first) return false;
    if (peer === wanted) return true;
    place += 1;
  }
  return false;
}

const tooMany = (): TercetError =>
  new TercetError(
    'TOO_MANY_CONNECTIONS',
    'Too many connections are open at this daemon. Nothing was done with this call.',
    { wayOut: 'Close what you do not use, or try again in a moment.' },
  );
