import { once } from 'node:events';
import { createServer } from 'node:http';

import type { FeeSource } from './port.js';

/**
 * 10 sat/vB, in the sat per 1000 vbytes that lnd reads: also the most that lnd commits to in an anchor channel, so
 * that commitment fees stay the same for the life of a network.
 */
export const feeRateSatPerKvb = 10_000;

/** What `lnd --fee.url` reads. */
export const feesDocument = JSON.stringify({
  fee_by_block_target: { 1: feeRateSatPerKvb, 2: feeRateSatPerKvb, 1008: feeRateSatPerKvb },
  min_relay_feerate: 1000,
});

/** Serves one fee rate for `lnd --fee.url`. */
export async function startFeeSource(): Promise<FeeSource> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(feesDocument);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The fee source has no port');
  return {
    url: `http://127.0.0.1:${String(address.port)}/fees.json`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
