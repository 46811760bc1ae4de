import { readAccess, type LndOptions } from './access.js';
import { Connection, DEFAULT_DEADLINE_MS } from './connection.js';
import type { MacaroonMessage } from './proto.js';

/**
 * Makes a macaroon that allows exactly these gRPC methods (`/package.Service/Method`), as hex. `rootKeyId`: a number of
 * its own per daemon, so that the macaroon can be taken back alone. Throws NODE_UNAUTHORIZED where `admin` may not bake.
 * lnd permission: /lnrpc.Lightning/BakeMacaroon
 */
export const bakeMacaroon = async (
  admin: LndOptions,
  uris: readonly string[],
  rootKeyId = 0n,
): Promise<string> => {
  const deadlineMs = admin.deadlineMs ?? DEFAULT_DEADLINE_MS;
  const lnd = new Connection(readAccess(admin), deadlineMs, deadlineMs);
  try {
    const { macaroon } = await lnd.call<MacaroonMessage>('bake a macaroon', (to, o, answer) =>
      to.default.bakeMacaroon(
        { permissions: uris.map((uri) => ({ entity: 'uri', action: uri })), root_key_id: String(rootKeyId) },
        o,
        answer,
      ),
    );
    return macaroon;
  } finally {
    lnd.close();
  }
};
