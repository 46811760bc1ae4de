/**
 * Memory of bytes that nobody reads any more, given back at once. It lies outside of the collector's heap, and the collector
 * comes by how full that heap is: while thousands of trades are read at a start, 20 to 40 MB of such bytes would gather, in
 * pieces that the process keeps.
 */

/** Whoever reads them afterwards finds none. A part of something larger is left as it is: the rest may be somebody else's. */
export const letGo = ({ buffer, byteLength }: Uint8Array): void => {
  if (buffer instanceof ArrayBuffer && byteLength > 0 && buffer.byteLength === byteLength) buffer.transfer(0);
};
