/** A node of another process: what it takes there is no part of the daemon's, and it outlives it, as lnd does. */
import { EventEmitter, once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { LightningNode } from '@tercet/lightning';
import { TercetError } from '@tercet/protocol';
import { receive, send } from './wire.js';

type Stream = 'watchTip' | 'watchInvoice' | 'watchEnds' | 'watchPayment';
type Call = Exclude<keyof LightningNode, Stream | 'close'>;

type Asked =
  | { id: number; kind: 'call'; name: Call; given: unknown[] }
  | { id: number; kind: 'stream'; name: Stream; given: unknown[] }
  | { id: number; kind: 'stop' };
type Said =
  | { id: number; kind: 'word'; word: unknown }
  | { id: number; kind: 'end' }
  | { id: number; kind: 'error'; code: string; text: string };

/** Serves the node to whoever connects. */
export async function offerNode(node: LightningNode, path: string): Promise<Server> {
  const server = createServer((socket) => {
    const streams = new Map<number, AbortController>();
    const say = (said: Said): void => send(socket, said);
    const fail = (id: number, error: unknown): void =>
      say({
        id,
        kind: 'error',
        code: error instanceof TercetError ? error.code : 'FAULT',
        text: String(error),
      });
    const answer = async (id: number, words: AsyncIterable<unknown>): Promise<void> => {
      try {
        for await (const word of words) say({ id, kind: 'word', word });
        say({ id, kind: 'end' });
      } catch (error) {
        fail(id, error);
      } finally {
        streams.delete(id);
      }
    };
    receive(socket, (value) => {
      const asked = value as Asked;
      const { id } = asked;
      if (asked.kind === 'stop') {
        streams.get(id)?.abort();
      } else if (asked.kind === 'call') {
        (node[asked.name] as (...given: unknown[]) => Promise<unknown>)(...asked.given).then(
          (word) => say({ id, kind: 'word', word }),
          (error: unknown) => fail(id, error),
        );
      } else {
        const stop = new AbortController();
        streams.set(id, stop);
        const { signal } = stop;
        void answer(
          id,
          (node[asked.name] as (...given: unknown[]) => AsyncIterable<unknown>)(...asked.given, signal),
        );
      }
    });
    const leave = (): void => {
      for (const stop of streams.values()) stop.abort();
    };
    socket.on('close', leave).on('error', leave);
  });
  server.listen(path);
  await once(server, 'listening');
  return server;
}

/** The node that is offered there. */
export async function reachNode(path: string): Promise<LightningNode> {
  const socket = connect(path);
  await once(socket, 'connect');
  const link = new Link(socket);
  return {
    identity: () => link.call('identity'),
    tip: () => link.call('tip'),
    watchTip: (signal) => link.stream('watchTip', [], signal),
    holdExpiryDelta: () => link.call('holdExpiryDelta'),
    createHold: (request) => link.call('createHold', request),
    createInvoice: (request) => link.call('createInvoice', request),
    lookUpInvoice: (hash) => link.call('lookUpInvoice', hash),
    watchInvoice: (hash, signal) => link.stream('watchInvoice', [hash], signal),
    watchEnds: (signal) => link.stream('watchEnds', [], signal),
    settleHold: (hash, preimage) => link.call('settleHold', hash, preimage),
    cancelHold: (hash) => link.call('cancelHold', hash),
    decode: (request) => link.call('decode', request),
    pay: (request) => link.call('pay', request),
    lookUpPayment: (hash) => link.call('lookUpPayment', hash),
    watchPayment: (hash, signal) => link.stream('watchPayment', [hash], signal),
    probe: (request) => link.call('probe', request),
    channelsActive: (channelIds) => link.call('channelsActive', channelIds),
    close: () => {
      socket.destroy();
    },
  };
}

class Link {
  private readonly waiting = new Map<number, (said: Said) => void>();
  private last = 0;

  constructor(private readonly socket: Socket) {
    receive(socket, (value) => {
      const said = value as Said;
      this.waiting.get(said.id)?.(said);
    });
  }

  call<Answer>(name: Call, ...given: unknown[]): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const id = this.ask({ kind: 'call', name, given }, (said) => {
        this.waiting.delete(id);
        if (said.kind === 'word') resolve(said.word as Answer);
        else reject(faultOf(said));
      });
    });
  }

  async *stream<Word>(name: Stream, given: unknown[], signal: AbortSignal): AsyncGenerator<Word> {
    const isAborted = (): boolean => signal.aborted;
    if (isAborted()) return;
    const told: Said[] = [];
    const heard = new EventEmitter();
    const id = this.ask({ kind: 'stream', name, given }, (said) => {
      told.push(said);
      heard.emit('word');
    });
    try {
      for (;;) {
        const said = told.shift();
        if (said?.kind === 'end') return;
        if (said?.kind === 'error') throw faultOf(said);
        if (said) yield said.word as Word;
        else await once(heard, 'word', { signal });
      }
    } catch (error) {
      if (!isAborted()) throw error;
    } finally {
      this.waiting.delete(id);
      send(this.socket, { id, kind: 'stop' } satisfies Asked);
    }
  }

  private ask(
    asked: { kind: 'call' | 'stream'; name: string; given: unknown[] },
    hear: (said: Said) => void,
  ): number {
    this.last += 1;
    this.waiting.set(this.last, hear);
    send(this.socket, { id: this.last, ...asked });
    return this.last;
  }
}

const faultOf = (said: Said): TercetError =>
  said.kind === 'error'
    ? new TercetError(said.code, said.text, { wayOut: '' })
    : new TercetError('FAULT', 'the node said nothing', { wayOut: '' });
