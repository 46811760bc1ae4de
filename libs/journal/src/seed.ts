/**
 * The seed of a daemon: every key it has is derived from it, so 24 words bring back what they protect. The file holds the
 * BIP-39 seed, from which the words can't be had back: they are shown once.
 */
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { createHash, randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { generateMnemonic, mnemonicToSeed, validateMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { TercetError } from '@tercet/protocol';

/** 64 bytes (BIP-39). */
export type Seed = Uint8Array;

const BYTES = 64;
const HEADER = 'tercet-seed-1';
const FILE = new RegExp(`^${HEADER} ([0-9a-f]{${BYTES * 2}}) ([0-9a-f]{8})\\n$`);

/** So that a damaged file is noticed here, and not as a wrong key later. */
const checksum = (hex: string): string =>
  createHash('sha256').update(`${HEADER} ${hex}`).digest('hex').slice(0, 8);

const hasErrno = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

const exists = (path: string): TercetError =>
  new TercetError(
    'SEED_EXISTS',
    `There is a seed at ${path} already. It was left as it is: it may hold sats.`,
    {
      wayOut: 'Use it, or move it away yourself if you are sure that nothing depends on it.',
    },
  );

const invalid = (path: string): TercetError =>
  new TercetError(
    'SEED_INVALID',
    `The seed file ${path} is damaged: its checksum doesn't match. Nothing was started.`,
    {
      wayOut: 'Move it away and restore the seed from its 24 words.',
    },
  );

const syncFolder = (path: string): void => {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
};

/** Whole or not at all, never over another seed, and on disk before anything is derived from it. */
const store = (path: string, seed: Seed): void => {
  const hex = Buffer.from(seed).toString('hex');
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeSync(file, `${HEADER} ${hex} ${checksum(hex)}\n`);
    fsyncSync(file);
    chmodSync(draft, 0o600);
    linkSync(draft, path);
  } catch (error) {
    throw hasErrno(error, 'EEXIST') ? exists(path) : error;
  } finally {
    closeSync(file);
    rmSync(draft);
  }
  syncFolder(folder);
};

/**
 * Makes a new seed, in a file of mode 0600.
 * @returns its 24 words (BIP-39, English): the only time they can be seen.
 * @throws SEED_EXISTS
 */
export const createSeed = async (path: string): Promise<{ seed: Seed; words: string[] }> => {
  const phrase = generateMnemonic(wordlist, 256);
  const seed = await mnemonicToSeed(phrase);
  store(path, seed);
  return { seed, words: phrase.split(' ') };
};

/**
 * Writes the seed of 24 words to a file of mode 0600.
 * @throws SEED_WORDS (not 24, unknown, or checksum wrong), SEED_EXISTS
 */
export const restoreSeed = async (path: string, words: readonly string[]): Promise<Seed> => {
  const phrase = words.map((word) => word.trim().toLowerCase()).join(' ');
  if (words.length !== 24 || !validateMnemonic(phrase, wordlist)) {
    throw new TercetError(
      'SEED_WORDS',
      "These aren't 24 words of a seed: one is missing, misspelt or out of place. Nothing was written.",
      {
        wayOut: 'Compare each word and its place with your paper.',
      },
    );
  }
  const seed = await mnemonicToSeed(phrase);
  store(path, seed);
  return seed;
};

/**
 * Reads the seed file.
 * @throws SEED_MISSING, SEED_EXPOSED (others than the owner may read it), SEED_INVALID
 */
export const loadSeed = (path: string): Seed => {
  let text: string;
  try {
    if ((statSync(path).mode & 0o077) !== 0) {
      throw new TercetError(
        'SEED_EXPOSED',
        `Other users of this machine may read the seed file ${path}, and with it take the sats it guards. Nothing was started.`,
        {
          wayOut: `Run: chmod 600 ${path}. If somebody else could have read it, move your sats to a new seed.`,
        },
      );
    }
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (!hasErrno(error, 'ENOENT')) throw error;
    throw new TercetError(
      'SEED_MISSING',
      `There is no seed file at ${path}. Nothing was started, and nothing is lost.`,
      {
        wayOut: 'Make a seed with `tercet init`, or restore it from its 24 words.',
        cause: error,
      },
    );
  }
  const [, hex, sum] = FILE.exec(text) ?? [];
  if (hex === undefined || sum !== checksum(hex)) throw invalid(path);
  return Uint8Array.from(Buffer.from(hex, 'hex'));
};
