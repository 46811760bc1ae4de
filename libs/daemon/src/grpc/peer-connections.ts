import type { DaemonConnection } from './client.js';
import { connectDaemon } from './client.js';

export interface PeerConnections {
  /** The connection to a contact, made at the first use and shared from then on. Throws as connectDaemon does. */
  to(contact: { address: string; certFingerprint: string }): Promise<DaemonConnection>;
  /** Drops the connection to a contact that can't be reached: the next call finds out anew, instead of failing with a pause of the old one. */
  forget(contact: { address: string; certFingerprint: string }): void;
  close(): void;
}

/** One connection for each peer. A try that fails isn't kept, so that the next one starts afresh. */
export function peerConnections(
  options: {
    deadlineMs?: number;
    /** Above this the one that was unused longest is closed. */
    most?: number;
  } = {},
): PeerConnections {
  const { deadlineMs, most = 512 } = options;
  /** In the order of last use. */
  const open = new Map<string, Promise<DaemonConnection>>();
  let closed = false;

  const drop = (key: string) => {
    const connection = open.get(key);
    open.delete(key);
    closeWhenMade(connection);
  };
  return {
    async to({ address, certFingerprint }) {
      if (closed) throw new Error('the connections to peers are closed');
      const key = keyOf({ address, certFingerprint });
      const connection =
        open.get(key) ?? connectDaemon({ address, pin: { fingerprint: certFingerprint }, deadlineMs });
      open.delete(key);
      open.set(key, connection);
      const [oldest] = open.keys();
      if (open.size > most && oldest !== undefined) drop(oldest);
      try {
        return await connection;
      } catch (error) {
        if (open.get(key) === connection) open.delete(key);
        throw error;
      }
    },
    forget(contact) {
      drop(keyOf(contact));
    },
    close() {
      closed = true;
      for (const key of [...open.keys()]) drop(key);
    },
  };
}

const keyOf = ({ address, certFingerprint }: { address: string; certFingerprint: string }): string =>
  `${address} ${certFingerprint}`;

function closeWhenMade(connection: Promise<DaemonConnection> | undefined): void {
  connection?.then(
    (made) => made.close(),
    // It was never made, and whoever asked for it has been told.
    () => undefined,
  );
}
