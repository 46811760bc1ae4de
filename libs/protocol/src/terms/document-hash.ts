import { canonicalJson, taggedHash } from '../crypto/canonical.js';

/**
 * The hash that a document goes by: BIP-340 tagged, of its canonical JSON, as hex. A document is never changed in place, so
 * it is computed once for each object.
 */
export function documentHash<Document extends object>(
  tag: string,
  encode: (document: Document) => Parameters<typeof canonicalJson>[0],
): (document: Document) => string {
  const hashes = new WeakMap<Document, string>();
  return (document) => {
    const known = hashes.get(document);
    if (known !== undefined) return known;
    const hash = taggedHash(tag, canonicalJson(encode(document)));
    hashes.set(document, hash);
    return hash;
  };
}
