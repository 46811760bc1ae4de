/** lnd's 64-bit channel id as people write it, block x transaction x output (BOLT-7). */
export const shortChannelId = (id: string): string => {
  const number = BigInt(id);
  return `${number >> 40n}x${(number >> 16n) & 0xffffffn}x${number & 0xffffn}`;
};
