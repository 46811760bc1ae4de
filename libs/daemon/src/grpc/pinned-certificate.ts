import type { X509Certificate } from 'node:crypto';
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { TercetError } from '@tercet/protocol';
import type { Endpoint } from './endpoint.js';

/**
 * Fetches the certificate that a fingerprint names, in PEM, to be used as the only root of the real connection. Only a
 * handshake is made: not one byte is sent to a server before its certificate is known to be the pinned one, and that
 * it has the key is proven by the connection that follows.
 * Throws PEER_UNREACHABLE, PEER_CERT_MISMATCH.
 */
export async function fetchPinnedCertificate(
  endpoint: Endpoint,
  fingerprint: string,
  timeoutMs: number,
): Promise<string> {
  const certificate = await presentedCertificate(endpoint, timeoutMs);
  const presented = sha256(certificate.raw);
  if (presented !== fingerprint.toLowerCase())
    throw certificateMismatch(endpoint, { expected: fingerprint, presented });
  return certificate.toString();
}

/** Compares the certificate of the real connection, since a root could also have signed another one. */
export const checkPinned =
  (fingerprint: string) =>
  (_host: string, certificate: { raw: Buffer }): Error | undefined =>
    sha256(certificate.raw) === fingerprint.toLowerCase()
      ? undefined
      : new Error('not the pinned certificate');

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function presentedCertificate({ host, port }: Endpoint, timeoutMs: number): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    // No authority vouches for a self-signed certificate; the fingerprint does, right after this.
    const options = { host, port, rejectUnauthorized: false, ALPNProtocols: ['h2'] };
    const socket = connect(isIP(host) === 0 ? { ...options, servername: host } : options);
    const timer = setTimeout(
      () => socket.destroy(new Error(`no handshake within ${timeoutMs} ms`)),
      timeoutMs,
    );
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate();
      if (certificate) resolve(certificate);
      else reject(unreachable({ host, port }, new Error('no certificate was presented')));
      socket.destroy();
    });
    socket.once('error', (cause: Error) => reject(unreachable({ host, port }, cause)));
    socket.once('close', () => {
      clearTimeout(timer);
      // Of no effect where the promise has been settled.
      reject(unreachable({ host, port }, new Error('the connection was closed during the handshake')));
    });
  });
}

/** Nothing answers at an address. */
export const unreachable = ({ host, port }: Endpoint, cause: Error): TercetError =>
  new TercetError(
    'PEER_UNREACHABLE',
    `Nobody answers at ${host}:${port}. Whatever waits for it is tried again.`,
    {
      wayOut: 'See that the daemon there runs and that the address is right.',
      details: { address: `${host}:${port}`, reason: cause.message },
      cause,
    },
  );

/** Somebody answers, with another certificate. */
export const certificateMismatch = (
  { host, port }: Endpoint,
  details: Record<string, string>,
  cause?: unknown,
): TercetError =>
  new TercetError(
    'PEER_CERT_MISMATCH',
    `The daemon at ${host}:${port} shows another certificate than the one expected. Nothing was sent to it.`,
    {
      wayOut: 'Ask its owner for the fingerprint: the certificate was renewed, or somebody is in between.',
      details: { address: `${host}:${port}`, ...details },
      cause,
    },
  );
