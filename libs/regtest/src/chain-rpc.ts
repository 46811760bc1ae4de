import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';

/** A refusal by the chain node, with its JSON-RPC code (-25 missing inputs, -26 not accepted, -27 known). */
export class ChainRpcError extends Error {
  constructor(
    readonly method: string,
    readonly code: number,
    message: string,
  ) {
    super(`${method}: ${message} (${String(code)})`);
    this.name = 'ChainRpcError';
  }
}

export interface ChainRpcAccess {
  host: string;
  port: number;
  user: string;
  pass: string;
  /** PEM of the node's own certificate. None: plain HTTP, as bitcoind speaks it. */
  ca?: string;
}

const callDeadlineMs = 60_000;

/** One JSON-RPC call. btcd closes the socket after each answer and ignores a request without `id`. */
export function callChain(
  access: ChainRpcAccess,
  method: string,
  params: readonly unknown[],
): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '1.0', id: 1, method, params });
  const request = access.ca === undefined ? requestPlain : requestTls;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: access.host,
        port: access.port,
        method: 'POST',
        auth: `${access.user}:${access.pass}`,
        ca: access.ca,
        agent: false,
        timeout: callDeadlineMs,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          connection: 'close',
        },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          try {
            resolve(resultOf(method, Buffer.concat(parts).toString('utf8'), response.statusCode));
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${method}: no answer from the chain node`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

interface Answer {
  result?: unknown;
  error?: { code: number; message: string } | null;
}

function resultOf(method: string, text: string, status: number | undefined): unknown {
  if (!text.startsWith('{')) throw new Error(`${method}: HTTP ${String(status)}: ${text.trim()}`);
  const answer = JSON.parse(text) as Answer;
  if (answer.error) throw new ChainRpcError(method, answer.error.code, answer.error.message);
  return answer.result;
}
