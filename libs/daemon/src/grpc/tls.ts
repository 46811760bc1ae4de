import { createPrivateKey, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { TercetError } from '@tercet/protocol';
import { fingerprintOf, selfSigned } from './certificate.js';
import { readPrivateFile, writePrivateFile } from './private-file.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Long, because peers pin it: each renewal makes the contact in a published order stale. */
const VALID_DAYS = 3650;
/** Renewed at a start with less left: a trade lives for weeks and must not outlive its pin. */
const LEAST_DAYS_LEFT = 30;
/** A peer's clock may be behind. */
const CLOCK_SLACK_DAYS = 1;
const ALWAYS = ['localhost', '127.0.0.1', '::1'];

/** A daemon's certificate and key. The key never leaves this machine and is never logged. */
export interface DaemonTls {
  certPem: string;
  keyPem: string;
  /** SHA-256 of the certificate, 64 hex digits: goes into the contact that peers pin. */
  fingerprint: string;
  /** Why there is a new one; absent where it was read. */
  made?: 'first start' | 'expired';
}

/**
 * Reads `tls.cert` and `tls.key` of a folder, or makes them: self-signed, ECDSA P-256, files 0600. A certificate that
 * has run out is renewed with a new key. Hosts are only names for tools that don't pin: later ones don't renew it.
 * Throws TLS_BROKEN, FILE_OPEN_TO_OTHERS.
 */
export async function loadOrCreateTls(options: {
  folder: string;
  /** Names and addresses in the certificate, beside localhost. */
  hosts?: readonly string[];
  now?: Date;
}): Promise<DaemonTls> {
  const { folder, hosts = [], now = new Date() } = options;
  const paths = { cert: join(folder, 'tls.cert'), key: join(folder, 'tls.key') };
  const certPem = await readPrivateFile(paths.cert);
  const keyPem = await readPrivateFile(paths.key);
  if (certPem !== undefined) {
    const left = checked(folder, certPem, keyPem).getTime() - now.getTime();
    if (keyPem !== undefined && left >= LEAST_DAYS_LEFT * DAY_MS) {
      return { certPem, keyPem, fingerprint: fingerprintOf(certPem) };
    }
  }

  const fresh = await selfSigned({
    hosts: [...new Set([...ALWAYS, ...hosts])],
    from: new Date(now.getTime() - CLOCK_SLACK_DAYS * DAY_MS),
    until: new Date(now.getTime() + VALID_DAYS * DAY_MS),
  });
  // The key first: a certificate on disk has its key beside it, also after a crash between the two.
  await writePrivateFile(paths.key, fresh.keyPem);
  await writePrivateFile(paths.cert, fresh.certPem);
  return {
    ...fresh,
    fingerprint: fingerprintOf(fresh.certPem),
    made: certPem === undefined ? 'first start' : 'expired',
  };
}

/** When the certificate runs out. Refuses a pair that doesn't belong together. */
function checked(folder: string, certPem: string, keyPem: string | undefined): Date {
  let why: string;
  let cause: unknown;
  try {
    const certificate = new X509Certificate(certPem);
    if (keyPem !== undefined && certificate.checkPrivateKey(createPrivateKey(keyPem))) {
      return new Date(certificate.validTo);
    }
    why = keyPem === undefined ? 'tls.key is missing' : 'tls.key is not the key of tls.cert';
  } catch (error) {
    why = 'tls.cert or tls.key can not be read';
    cause = error;
  }
  throw new TercetError(
    'TLS_BROKEN',
    `The certificate in ${folder} can not be used: ${why}. Nothing was started.`,
    {
      wayOut:
        'Put the right files back, or delete both: new ones are made, and peers then need the new fingerprint.',
      details: { folder },
      cause,
    },
  );
}
