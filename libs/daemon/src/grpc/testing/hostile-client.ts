/** A client that does as much of HTTP/2 as it likes, from a loopback address of its own. Test code only. */
import { once, type EventEmitter } from 'node:events';
import { readFile } from 'node:fs/promises';
import http2 from 'node:http2';
import net from 'node:net';
import tls from 'node:tls';
import { decodeDetail, DETAIL_TRAILER } from '../error-detail.js';
import type { SampleDaemon } from './sample-daemon.js';

const DELIVER = '/tercet.v1.PeerService/Deliver';

/** What a call ended with: the code of our own error, `closed` where the stream was cut. */
export type Ending = Promise<string>;

export interface HostileClient {
  /** Begins a call and sends these bytes of its request; the request isn't ended. */
  begin(bytes?: Uint8Array): { ended: Ending; stream: http2.ClientHttp2Stream };
  /** Settles when the server has read what was sent so far. */
  read(): Promise<void>;
  /** Settles when the server has ended the connection. */
  gone: Promise<unknown>;
  close(): void;
}

/** Also where the other side has reset the connection: `once` would reject with that. */
const closeOf = (emitter: EventEmitter): Promise<unknown> =>
  new Promise((resolve) => {
    emitter.once('close', resolve);
  });

/** Opens a TLS connection from that address, speaks HTTP/2, and stays. Rejects where the server cuts it at once. */
export async function hostileClient(daemon: SampleDaemon, localAddress: string): Promise<HostileClient> {
  const ca = await readFile(daemon.certPath);
  const { port } = daemon.server;
  const raw = net.connect({ host: '127.0.0.1', port, localAddress });
  const socket = tls.connect({
    socket: raw,
    ca,
    servername: 'localhost',
    ALPNProtocols: ['h2'],
  });
  await once(socket, 'secureConnect');
  const session = http2.connect('https://localhost', { createConnection: () => socket });
  // The server may end it at any time: that is what the tests look at.
  session.on('error', () => undefined);
  const gone = closeOf(session);
  await once(session, 'remoteSettings');
  return {
    gone,
    begin(bytes = new Uint8Array()) {
      const stream = session.request({
        ':method': 'POST',
        ':path': DELIVER,
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      stream.on('error', () => undefined);
      stream.resume();
      if (bytes.length > 0) stream.write(bytes);
      return { stream, ended: endingOf(stream) };
    },
    read: () =>
      new Promise((resolve, reject) => {
        session.ping((error) => (error ? reject(error) : resolve()));
      }),
    close: () => session.destroy(),
  };
}

async function endingOf(stream: http2.ClientHttp2Stream): Ending {
  let detail: unknown;
  const read = (headers: http2.IncomingHttpHeaders) => (detail = headers[DETAIL_TRAILER] ?? detail);
  stream.on('response', read);
  stream.on('trailers', read);
  await closeOf(stream);
  if (typeof detail !== 'string') return 'closed';
  return decodeDetail(Buffer.from(detail, 'base64'), undefined)?.code ?? 'unreadable';
}

/** A TCP connection that says nothing: not even its TLS handshake is begun. */
export async function silentSocket(port: number): Promise<{ closed: Promise<unknown> }> {
  const socket = net.connect({ host: '127.0.0.1', port, localAddress: '127.0.0.9' });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.resume();
  return { closed: closeOf(socket) };
}
