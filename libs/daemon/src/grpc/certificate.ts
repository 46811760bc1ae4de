import type { KeyObject } from 'node:crypto';
import { createHash, randomBytes, sign, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import * as der from './der.js';

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const SUBJECT_KEY_ID = '2.5.29.14';
const KEY_USAGE = '2.5.29.15';
const ALTERNATIVE_NAMES = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';

export interface CertificateRequest {
  privateKey: KeyObject;
  publicKey: KeyObject;
  /** Names and addresses it is valid for. */
  hosts: readonly string[];
  from: Date;
  until: Date;
}

/**
 * A self-signed certificate (X.509 v3, RFC 5280) for an ECDSA P-256 key, in PEM. It is its own root, so that a client
 * that pins it needs no other; it can sign nothing below itself but leaves, and nobody trusts those.
 */
export function selfSigned({ privateKey, publicKey, hosts, from, until }: CertificateRequest): string {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const algorithm = der.sequence(der.oid(ECDSA_WITH_SHA256));
  const name = der.sequence(der.set(der.sequence(der.oid(COMMON_NAME), der.utf8('tercet daemon'))));
  const signed = der.sequence(
    der.explicit(0, der.integer(Buffer.from([2]))),
    der.integer(randomBytes(16)),
    algorithm,
    name,
    der.sequence(der.time(from), der.time(until)),
    name,
    spki,
    der.explicit(3, der.sequence(...extensions(spki, hosts))),
  );
  const signature = sign('sha256', signed, privateKey);
  const certificate = der.sequence(signed, algorithm, der.bits(signature));
  return new X509Certificate(certificate).toString();
}

/** SHA-256 over the DER of a certificate in PEM, 64 hex digits: what peers pin. */
export const fingerprintOf = (certPem: string): string =>
  createHash('sha256').update(new X509Certificate(certPem).raw).digest('hex');

function extensions(spki: Uint8Array, hosts: readonly string[]): Buffer[] {
  const DIGITAL_SIGNATURE_AND_CERT_SIGN = Buffer.from([0b1000_0100]);
  return [
    extension(BASIC_CONSTRAINTS, der.sequence(der.yes(), der.integer(Buffer.from([0]))), 'critical'),
    extension(KEY_USAGE, der.bits(DIGITAL_SIGNATURE_AND_CERT_SIGN, 2), 'critical'),
    extension(EXTENDED_KEY_USAGE, der.sequence(der.oid(SERVER_AUTHENTICATION))),
    extension(ALTERNATIVE_NAMES, der.sequence(...hosts.map(alternativeName))),
    // RFC 7093 section 2, method 1: SHA-256 cut to 160 bits.
    extension(SUBJECT_KEY_ID, der.octets(createHash('sha256').update(spki).digest().subarray(0, 20))),
  ];
}

const extension = (id: string, value: Uint8Array, critical?: 'critical'): Buffer =>
  der.sequence(der.oid(id), ...(critical ? [der.yes()] : []), der.octets(value));

const alternativeName = (host: string): Buffer =>
  isIP(host) === 0 ? der.implicit(2, Buffer.from(host, 'ascii')) : der.implicit(7, addressBytes(host));

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  // The URL parser writes every form of an IPv6 address, mapped IPv4 included, in hex groups.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string) => text.split(':').filter((group) => group !== '');
  const before = groups(head);
  const after = groups(tail ?? '');
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join(''), 'hex');
}
