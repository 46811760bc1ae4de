/** What the rest of the Bitcoin network does for a chain node that lost its blocks. */
import { until, type Chain } from '@tercet/regtest';

const CALLS_AT_ONCE = 16;

/** Every block from the first on, raw. */
export async function rememberBlocks(chain: Chain): Promise<string[]> {
  const height = Number(await chain.call('getblockcount'));
  const blocks: string[] = [];
  while (blocks.length < height) {
    const next = Array.from(
      { length: Math.min(CALLS_AT_ONCE, height - blocks.length) },
      (_, at) => blocks.length + at + 1,
    );
    blocks.push(...(await Promise.all(next.map((at) => blockAt(chain, at)))));
  }
  return blocks;
}

const blockAt = async (chain: Chain, height: number): Promise<string> =>
  String(await chain.call('getblock', [await chain.call('getblockhash', [height]), 0]));

/** On regtest btcd removes its database at each start (loadBlockDB in its btcd.go), and has no peers here to ask. */
export async function giveBack(chain: Chain, blocks: readonly string[]): Promise<void> {
  const height = await until('the chain node answers', async () => Number(await chain.call('getblockcount')));
  for (const block of blocks.slice(height)) await chain.call('submitblock', [block]);
}
