import { TercetError } from '@tercet/protocol';

export interface Endpoint {
  host: string;
  port: number;
}

/** Host and port of `localhost:9740` or `[::1]:9740`. Throws ADDRESS_INVALID. */
export function parseEndpoint(address: string): Endpoint {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s/]+)):(\d{1,5})$/.exec(address);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port < 1 || port > 65_535) {
    throw new TercetError(
      'ADDRESS_INVALID',
      `"${address}" is not an address of a daemon. Nothing was sent.`,
      {
        wayOut: 'Write host and port, as localhost:9740.',
        details: { address },
      },
    );
  }
  return { host, port };
}
