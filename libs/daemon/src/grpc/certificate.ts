// @peculiar/x509 wants the polyfill before it is loaded.
import 'reflect-metadata';
import { createHash, KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

export interface CertificateRequest {
  /** Names and addresses it is valid for. */
  hosts: readonly string[];
  from: Date;
  until: Date;
}

/**
 * A self-signed certificate (X.509 v3, RFC 5280) and its ECDSA P-256 key, both in PEM. It is its own root, so that a
 * client that pins it needs no other; it can sign nothing below itself but leaves, and nobody trusts those.
 */
export async function selfSigned({
  hosts,
  from,
  until,
}: CertificateRequest): Promise<{ certPem: string; keyPem: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=tercet daemon',
    notBefore: from,
    notAfter: until,
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyCertSign, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(hosts.map(alternativeName)),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certPem: new X509Certificate(Buffer.from(certificate.rawData)).toString(),
    keyPem: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** The URL parser writes every form of an IPv6 address, mapped IPv4 included, in hex groups. */
const alternativeName = (host: string): x509.JsonGeneralName => ({
  type: isIP(host) === 0 ? 'dns' : 'ip',
  value: isIP(host) === 6 ? new URL(`http://[${host}]`).hostname.slice(1, -1) : host,
});

/** SHA-256 over the DER of a certificate in PEM, 64 hex digits: what peers pin. */
export const fingerprintOf = (certPem: string): string =>
  createHash('sha256').update(new X509Certificate(certPem).raw).digest('hex');
