/**
 * A Lightning node that lives in another process of this machine, over the channel that Node gives to a child: so each
 * daemon of a bench is a process of its own, and their nodes in memory still share one network.
 */
import type { EventEmitter } from 'node:events';
import { TercetError } from '@tercet/protocol';
import type { LightningNode } from '@tercet/lightning';

/** Every call and stream of one daemon has its own number. */
interface Asked {
  id: number;
  /** Of the port; undefined = the stream of that number is let go. */
  call?: string;
  given?: unknown[];
}
type Told = { id: number } & (
  { answer: unknown } | { next: unknown } | { end: true } | { failed: { code: string; text: string } }
);
type Method = (...given: unknown[]) => unknown;
/** One end of what Node puts between a process and its child. */
type Channel = Pick<EventEmitter, 'on' | 'once'> & {
  connected: boolean;
  send?: (message: Asked | Told) => unknown;
};

/** The port's streams, by their names. */
const isStream = (call: string): boolean => call.startsWith('watch');

/** Answers what a child asks of its node, until the child is gone. */
export function serveNode(node: LightningNode, child: Channel): void {
  const open = new Map<number, AbortController>();
  const tell = (told: Told): void => {
    if (child.connected) child.send?.(told);
  };
  const ask = (call: string, given: unknown[]): unknown =>
    (node[call as keyof LightningNode] as Method).apply(node, given);
  const stream = async (id: number, call: string, given: unknown[]): Promise<void> => {
    const stop = new AbortController();
    open.set(id, stop);
    const values = ask(call, [...given, stop.signal]) as AsyncIterable<unknown>;
    for await (const next of values) tell({ id, next });
    tell({ id, end: true });
  };
  const answer = async ({ id, call, given = [] }: Asked): Promise<void> => {
    try {
      if (call === undefined) open.get(id)?.abort();
      else if (isStream(call)) await stream(id, call, given);
      else tell({ id, answer: await ask(call, given) });
    } catch (error) {
      const code = error instanceof TercetError ? error.code : 'NODE_UNAVAILABLE';
      tell({ id, failed: { code, text: error instanceof Error ? error.message : String(error) } });
    } finally {
      if (call !== undefined) open.delete(id);
    }
  };
  child.on('message', (asked: Asked) => void answer(asked));
  child.once('disconnect', () => {
    for (const stop of open.values()) stop.abort();
  });
}

/** The node that is served at the other end: the parent's, unless told. */
export function farNode(parent: Channel = process): LightningNode {
  const waiting = new Map<number, (told: Told) => void>();
  parent.on('message', (told: Told) => waiting.get(told.id)?.(told));
  let last = 0;
  const ask = (call: string, given: unknown[], hear: (told: Told) => void): number => {
    last += 1;
    waiting.set(last, hear);
    parent.send?.({ id: last, call, given });
    return last;
  };
  const call = (name: string, given: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ask(name, given, (told) => {
        waiting.delete(id);
        if ('failed' in told) reject(faultOf(told.failed));
        else resolve('answer' in told ? told.answer : undefined);
      });
    });
  async function* stream(name: string, given: unknown[]): AsyncGenerator {
    const signal = given.pop() as AbortSignal;
    const heard: Told[] = [];
    let wake = (): void => undefined;
    const id = ask(name, given, (told) => {
      heard.push(told);
      wake();
    });
    const more = (): Promise<void> =>
      new Promise((resolve) => {
        wake = resolve;
      });
    const stop = (): void => wake();
    signal.addEventListener('abort', stop);
    try {
      while (!signal.aborted) {
        const told = heard.shift();
        if (!told) await more();
        else if ('failed' in told) throw faultOf(told.failed);
        else if ('next' in told) yield told.next;
        else return;
      }
    } finally {
      signal.removeEventListener('abort', stop);
      waiting.delete(id);
      parent.send?.({ id });
    }
  }
  const method = (name: string): Method =>
    isStream(name) ? (...given) => stream(name, given) : (...given) => call(name, given);
  return new Proxy({} as LightningNode, {
    get: (_, name) => (name === 'close' ? () => undefined : method(String(name))),
  });
}

const faultOf = ({ code, text }: { code: string; text: string }): TercetError =>
  new TercetError(code, text, { wayOut: 'It is tried again by itself.' });
