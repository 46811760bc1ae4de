import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { rpc, TercetError } from '@tercet/protocol';
import { hasErrno } from '../write-new.js';
import type { Daemon, Target } from './daemon.js';

const readToken = async (path: string): Promise<string> => {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    if (hasErrno(cause, 'ENOENT')) {
      throw new TercetError('TOKEN_FILE_MISSING', `There is no token at ${path}. Nothing was sent.`, {
        wayOut:
          'Start the daemon once: it makes its tokens. Or name the right one: --data-dir, --token-file.',
        cause,
      });
    }
    if (hasErrno(cause, 'EACCES')) {
      throw new TercetError('TOKEN_FILE_CLOSED', `You may not read the token ${path}. Nothing was sent.`, {
        wayOut: "Run this as the daemon's own user, or ask its owner for a token.",
        cause,
      });
    }
    throw cause;
  }
};

/**
 * Opens a daemon with its pinned certificate and a token. Nothing is sent before the first call.
 * Throws CERT_FILE_MISSING, TOKEN_FILE_MISSING, TOKEN_FILE_CLOSED, ADDRESS_INVALID.
 */
export const openDaemon = async ({ address, certFile, tokenFile, timeoutMs }: Target): Promise<Daemon> => {
  // Loaded when it is needed, so that --help doesn't wait for gRPC.
  const { connectDaemon } = await import('@tercet/daemon');
  // Without a certificate the daemon has never run here: connectDaemon says so, which tells more than a missing token.
  const token = existsSync(certFile) ? await readToken(tokenFile) : undefined;
  const connection = await connectDaemon({
    address,
    pin: { certPath: certFile },
    token,
    deadlineMs: timeoutMs,
  });
  return {
    address,
    status: connection.client(rpc.DaemonServiceDefinition),
    trade: connection.client(rpc.TradeServiceDefinition),
    maker: connection.client(rpc.MakerServiceDefinition),
    taker: connection.client(rpc.TakerServiceDefinition),
    operator: connection.client(rpc.OperatorServiceDefinition),
    close: () => connection.close(),
  };
};
