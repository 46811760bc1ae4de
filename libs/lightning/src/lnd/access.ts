import { readFileSync } from 'node:fs';
import { unauthorized, wrongCert } from './errors.js';
import type { LndAccess } from './clients.js';

/** Where an lnd is. A certificate or macaroon given itself (hex or base64) goes before its path. */
export interface LndOptions {
  /** `localhost:10009`; a name that stands in the certificate rather than an IP address. */
  socket: string;
  certPath?: string;
  cert?: string;
  macaroonPath?: string;
  macaroon?: string;
  /** How long one call may take. 15 seconds unless told. */
  deadlineMs?: number;
  /** How often a connection with open streams is asked for a sign of life, a failed one opened anew. 30 s unless told. */
  pulseMs?: number;
}

/**
 * Reads certificate and macaroon. Throws NODE_WRONG_CERT or NODE_UNAUTHORIZED where one can't be read or is empty.
 */
export const readAccess = (options: LndOptions): LndAccess => ({
  socket: options.socket,
  cert: options.cert ?? read(options.certPath, wrongCert),
  macaroon: options.macaroon ?? read(options.macaroonPath, (cause) => unauthorized('reach the node', cause)),
});

const read = (path: string | undefined, failed: (cause: unknown) => Error): string => {
  if (path === undefined) throw failed(new Error('Neither the file nor its content was configured.'));
  let content: Buffer;
  try {
    content = readFileSync(path);
  } catch (cause) {
    throw failed(cause);
  }
  if (content.length === 0) throw failed(new Error(`${path} is empty.`));
  return content.toString('hex');
};
