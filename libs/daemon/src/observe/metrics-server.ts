import { once } from 'node:events';
import { createServer } from 'node:http';
import { TercetError } from '@tercet/protocol';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';

export interface MetricsServer {
  /** host:port it listens on; the port that was chosen where 0 was asked for. */
  readonly address: string;
  close(): Promise<void>;
}

/** A scraper that is slower than this is not one. */
const REQUEST_MS = 10_000;

const split = (listen: string): { host: string; port: number } => {
  const at = listen.lastIndexOf(':');
  const host = listen.slice(0, at).replace(/^\[|\]$/g, '');
  return { host: host === '' ? '127.0.0.1' : host, port: Number(listen.slice(at + 1)) };
};

/**
 * Serves GET /metrics, without TLS or token: meant for loopback or a network of the operator's own. A listen address without a
 * host means loopback. Throws LISTEN_FAILED.
 */
export const startMetricsServer = async (
  listen: string,
  metrics: Metrics,
  logger: Logger,
): Promise<MetricsServer> => {
  const server = createServer((request, response) => {
    if (request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      (error: unknown) => {
        logger.error({ error }, 'metrics could not be gathered');
        response.writeHead(500).end();
      },
    );
  });
  server.requestTimeout = REQUEST_MS;
  const { host, port } = split(listen);
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw new TercetError('LISTEN_FAILED', `Metrics can't be served at ${listen}. Nothing was started.`, {
      wayOut: 'Set metricsListen to a free port of this machine, or leave it out.',
      cause: error,
    });
  }
  const bound = server.address();
  const chosen = typeof bound === 'object' && bound !== null ? bound.port : port;
  return {
    address: `${host.includes(':') ? `[${host}]` : host}:${chosen}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
