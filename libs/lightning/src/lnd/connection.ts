/** One long-lived connection to an lnd, whose calls and streams all end (S5). */
import { hasCode, type TercetError } from '@tercet/protocol';
import {
  openClients,
  type CallOptions,
  type LndAccess,
  type LndClients,
  type MessageStream,
} from './clients.js';
import { fromLnd, nodeUnavailable } from './errors.js';
import type { InfoMessage } from './proto.js';
import { Pulse } from './pulse.js';

export const DEFAULT_DEADLINE_MS = 15_000;

type Ask<Response> = (
  lnd: LndClients,
  options: CallOptions,
  answer: (error: Error | null, response?: Response) => void,
) => unknown;
type Open<Message> = (lnd: LndClients, options: CallOptions) => MessageStream<Message>;

export class Connection {
  readonly #access: LndAccess;
  readonly #deadlineMs: number;
  readonly #pulseMs: number;
  readonly #pulse: Pulse;
  #clients: ReturnType<typeof openClients>;
  #openedAtMs = Date.now();
  #closed = false;

  constructor(access: LndAccess, deadlineMs: number, pulseMs: number) {
    this.#access = access;
    this.#deadlineMs = deadlineMs;
    this.#pulseMs = pulseMs;
    this.#clients = openClients(access);
    this.#pulse = new Pulse(pulseMs, () =>
      this.call<InfoMessage>('answer a ping', (lnd, o, answer) => lnd.default.getInfo({}, o, answer)),
    );
  }

  /** One request, one answer, within the deadline. `doing` completes "… while it was to <doing>". */
  call<Response>(doing: string, ask: Ask<Response>): Promise<Response> {
    return new Promise((resolve, reject) => {
      this.#assertOpen(doing);
      ask(this.#clients, this.#deadline(), (error, response) => {
        if (error !== null) reject(this.#failed(error, doing));
        else if (response === undefined) reject(nodeUnavailable(doing));
        else resolve(response);
      });
    });
  }

  /** The first message of a stream, which is then let go. A stream that ends without one is NODE_UNAVAILABLE. */
  async first<Message>(doing: string, open: Open<Message>): Promise<Message> {
    this.#assertOpen(doing);
    const stream = heard(open(this.#clients, this.#deadline()));
    try {
      const message = await stream[Symbol.asyncIterator]().next();
      if (message.done !== true) return message.value;
    } catch (error) {
      throw this.#failed(error, doing);
    } finally {
      stream.cancel();
    }
    throw nodeUnavailable(doing);
  }

  /** Every message until the reader has enough, `signal` aborts (it ends), or the stream ends or breaks (it throws). */
  async *stream<Message>(doing: string, open: Open<Message>, signal: AbortSignal): AsyncGenerator<Message> {
    if (signal.aborted) return;
    this.#assertOpen(doing);
    const stream = heard(open(this.#clients, {}));
    const cancel = () => {
      stream.cancel();
    };
    signal.addEventListener('abort', cancel, { once: true });
    const release = this.#pulse.keep(cancel);
    try {
      for await (const message of stream) {
        if (isAborted(signal)) return;
        yield message;
        if (isAborted(signal)) return;
      }
      // lnd ends its streams cleanly when it shuts down: to a reader who awaited more that is a break.
      if (!isAborted(signal)) throw nodeUnavailable(doing);
    } catch (error) {
      if (isAborted(signal)) return;
      throw this.#failed(error, doing);
    } finally {
      release();
      signal.removeEventListener('abort', cancel);
      cancel();
    }
  }

  close(): void {
    this.#closed = true;
    this.#pulse.stop();
    this.#pulse.breakAll();
    closeAll(this.#clients);
  }

  /**
   * lnd's clients have no keep-alive, and would use a connection whose other end vanished without a word until the
   * kernel gives it up, a quarter of an hour later; and they wait up to two minutes before they try a node again that
   * was down. A connection that failed is therefore opened anew, at most once per pulse: that takes a good part of a
   * second.
   */
  #failed(error: unknown, doing: string): TercetError {
    const failure = fromLnd(error, doing);
    const isOld = Date.now() - this.#openedAtMs >= this.#pulseMs;
    if (isOld && hasCode(failure, 'NODE_UNAVAILABLE')) this.#renew();
    return failure;
  }

  #renew(): void {
    if (this.#closed) return;
    closeAll(this.#clients);
    this.#clients = openClients(this.#access);
    this.#openedAtMs = Date.now();
  }

  #deadline(): CallOptions {
    return { deadline: Date.now() + this.#deadlineMs };
  }

  #assertOpen(doing: string): void {
    if (this.#closed) throw nodeUnavailable(doing, new Error('This connection was closed by its owner.'));
  }
}

/** Read afresh: an abort may have come while the consumer worked on a message. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

const closeAll = (clients: ReturnType<typeof openClients>): void => {
  for (const client of Object.values(clients)) client.close?.();
};

/**
 * grpc-js emits 'error' once more after a cancel, when the iterator listens no longer; without a listener that would
 * end the process. Errors that matter reach the iterator.
 */
const heard = <Message>(stream: MessageStream<Message>): MessageStream<Message> => {
  stream.on('error', () => undefined);
  return stream;
};
