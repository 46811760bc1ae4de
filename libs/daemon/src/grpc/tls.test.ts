import { X509Certificate } from 'node:crypto';
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryFolders } from './testing/temporary-folder.js';
import { loadOrCreateTls } from './tls.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const folders = temporaryFolders();
let folder = '';
beforeEach(async () => (folder = await folders.make()));
afterAll(() => folders.remove());

describe("a daemon's certificate", () => {
  it('is made on the first start, files for this user only, and read from then on', async () => {
    const first = await loadOrCreateTls({ folder });
    const second = await loadOrCreateTls({ folder });
    expect(first.made).toBe('first start');
    expect(second).toEqual({ certPem: first.certPem, keyPem: first.keyPem, fingerprint: first.fingerprint });
    for (const name of ['tls.cert', 'tls.key'])
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  });

  it('is self-signed ECDSA P-256, its fingerprint that of its DER', async () => {
    const { certPem, fingerprint } = await loadOrCreateTls({ folder });
    const certificate = new X509Certificate(certPem);
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkIssued(certificate)).toBe(true);
    expect(certificate.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(fingerprint);
  });

  it('names localhost, loopback and the configured hosts', async () => {
    const hosts = ['agent.example', '10.1.2.3', '2001:db8::5', '::ffff:10.0.0.1'];
    const certificate = new X509Certificate((await loadOrCreateTls({ folder, hosts })).certPem);
    for (const name of ['localhost', 'agent.example']) expect(certificate.checkHost(name)).toBe(name);
    for (const ip of ['127.0.0.1', '::1', '10.1.2.3', '2001:db8::5', '::ffff:10.0.0.1']) {
      expect(certificate.checkIP(ip)).toBeDefined();
    }
    expect(certificate.checkHost('other.example')).toBeUndefined();
    expect(certificate.checkIP('10.1.2.4')).toBeUndefined();
  });

  it.each([
    ['31 days are left', 3650 - 31, undefined],
    ['29 days are left', 3650 - 29, 'expired'],
    ['it has run out', 3650 + 1, 'expired'],
  ])('when %s', async (_, days, made) => {
    const now = new Date('2026-01-01T00:00:00Z');
    const first = await loadOrCreateTls({ folder, now });
    const later = await loadOrCreateTls({ folder, now: new Date(now.getTime() + days * DAY_MS) });
    expect(later.made).toBe(made);
    expect(later.fingerprint === first.fingerprint).toBe(made === undefined);
  });

  it.each([
    ['the key is missing', () => rm(join(folder, 'tls.key')), 'TLS_BROKEN'],
    ['the certificate is cut', () => writeFile(join(folder, 'tls.cert'), '-----BEGIN'), 'TLS_BROKEN'],
    [
      'the key is another one',
      async () => {
        const other = await folders.make();
        await loadOrCreateTls({ folder: other });
        await writeFile(join(folder, 'tls.key'), await readFile(join(other, 'tls.key')));
      },
      'TLS_BROKEN',
    ],
    ['others can read the key', () => chmod(join(folder, 'tls.key'), 0o640), 'FILE_OPEN_TO_OTHERS'],
  ])('refuses to start when %s', async (_, spoil, code) => {
    await loadOrCreateTls({ folder });
    await spoil();
    await expect(loadOrCreateTls({ folder })).rejects.toMatchObject({ code });
  });

  it('makes both anew after a crash between writing key and certificate', async () => {
    await loadOrCreateTls({ folder });
    await rm(join(folder, 'tls.cert'));
    expect((await loadOrCreateTls({ folder })).made).toBe('first start');
    expect((await loadOrCreateTls({ folder })).made).toBeUndefined();
  });
});
