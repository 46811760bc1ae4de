import { createHash } from 'node:crypto';
import { copyFileSync, linkSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The files of a build context, named before they are copied: what hasn't changed needn't be built again. */
export class Tree {
  #files = new Map();
  #texts = new Map();
  #links = new Map();

  file(from, to) {
    this.#files.set(to, from);
  }
  text(to, text) {
    this.#texts.set(to, text);
  }
  link(target, to) {
    this.#links.set(to, target);
  }

  /** Changes whenever a file is added, removed or written. */
  fingerprint() {
    const hash = createHash('sha256');
    for (const [to, from] of [...this.#files].sort()) {
      const { size, mtimeMs, mode } = statSync(from);
      hash.update(`${to}\0${size}\0${mtimeMs}\0${mode}\n`);
    }
    for (const [to, text] of [...this.#texts, ...this.#links].sort()) hash.update(`${to}\0${text}\n`);
    return hash.digest('hex').slice(0, 20);
  }

  /** Lays everything out in an empty folder; nothing there is to be written to, files may be the originals. */
  layOut(folder) {
    const place = (to) => {
      const path = join(folder, to);
      mkdirSync(dirname(path), { recursive: true });
      return path;
    };
    for (const [to, from] of this.#files) linkOrCopy(from, place(to));
    for (const [to, text] of this.#texts) writeFileSync(place(to), text);
    for (const [to, target] of this.#links) symlinkSync(target, place(to));
  }
}

function linkOrCopy(from, to) {
  try {
    linkSync(from, to);
  } catch (error) {
    // Another file system.
    if (error.code !== 'EXDEV') throw error;
    copyFileSync(from, to);
  }
}
