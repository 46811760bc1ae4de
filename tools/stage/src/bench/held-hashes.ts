/** What lies beside the journal of a benchmark's agent: the list of what its node holds, and where that node is reached. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PaymentHash } from '@tercet/protocol';

const fileIn = (dir: string): string => join(dir, 'holds.json');

export const nodeIn = (dir: string): string => join(dir, 'node.sock');

export const writeHashes = (dir: string, hashes: readonly PaymentHash[]): Promise<void> =>
  writeFile(fileIn(dir), JSON.stringify(hashes));

export const readHashes = async (dir: string): Promise<PaymentHash[]> =>
  JSON.parse(await readFile(fileIn(dir), 'utf8')) as PaymentHash[];
