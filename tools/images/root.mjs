// A root file system from this machine's own programs: each with the libraries that its loader names, and busybox.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

import { Stop } from './docker.mjs';

/** The full path of a program. Throws where it isn't installed, naming the Debian package. */
export function programPath(name, debianPackage) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Stop(`${name} is missing: apt-get install -y --no-install-recommends ${debianPackage}`);
}

export class Root {
  #folder;

  /** @param {string} folder becomes the root file system */
  constructor(folder) {
    this.#folder = folder;
    this.write('etc/passwd', 'root:x:0:0:root:/:/bin/sh\ntercet:x:1000:1000:tercet:/data:/bin/sh\n');
    this.write('etc/group', 'root:x:0:\ntercet:x:1000:\n');
    mkdirSync(join(folder, 'tmp'));
    // Not by mkdir, whose mode the umask narrows.
    chmodSync(join(folder, 'tmp'), 0o1777);
    this.#busybox();
  }

  #busybox() {
    const busybox = programPath('busybox', 'busybox-static');
    this.program(busybox, '/bin/busybox');
    for (const applet of execFileSync(busybox, ['--list'], { encoding: 'utf8' }).split('\n')) {
      const link = join(this.#folder, 'bin', applet);
      if (applet !== '' && !existsSync(link)) symlinkSync('busybox', link);
    }
  }

  write(path, text, mode = 0o644) {
    const to = join(this.#folder, path);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, text, { mode });
  }

  /** A program and its libraries; without debugging symbols where `strip` is at hand. */
  program(from, to, { strip = false } = {}) {
    this.file(from, to);
    if (strip) spawnSync('strip', ['--strip-all', join(this.#folder, to)], { stdio: 'ignore' });
    this.libraries(from);
  }

  file(from, to = from) {
    const path = join(this.#folder, to);
    mkdirSync(dirname(path), { recursive: true });
    // Links are followed: the loader asks for the short names.
    copyFileSync(from, path);
  }

  folder(from, to = from, options = {}) {
    cpSync(from, join(this.#folder, to), { recursive: true, dereference: true, ...options });
  }

  /** What ldd(1) names, the loader too; nothing for a static program. */
  libraries(of) {
    const { stdout } = spawnSync('ldd', [of], { encoding: 'utf8' });
    for (const [, path] of stdout.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)) {
      if (!existsSync(join(this.#folder, path))) this.file(path);
    }
  }

  /** Certificate authorities, for servers reached by TLS. */
  authorities() {
    const bundle = '/etc/ssl/certs/ca-certificates.crt';
    if (existsSync(bundle)) this.write(bundle, readFileSync(bundle));
  }
}
