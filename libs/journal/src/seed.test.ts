import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSeed, loadSeed, restoreSeed } from './seed.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tercet-seed-'));
  path = join(folder, 'daemon', 'seed');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const code = (expected: string): Error => expect.objectContaining({ code: expected }) as Error;

describe('the seed', () => {
  it('is made with 24 words that bring it back elsewhere', async () => {
    const { seed, words } = await createSeed(path);
    expect(words).toHaveLength(24);
    expect(seed).toHaveLength(64);
    expect(loadSeed(path)).toEqual(seed);
    const other = join(folder, 'restored');
    expect(await restoreSeed(other, words)).toEqual(seed);
    expect(loadSeed(other)).toEqual(seed);
  });

  it('is the seed of BIP-39', async () => {
    // The BIP's vector of 256 zero bits, without its test passphrase.
    const seed = await restoreSeed(path, [...Array.from({ length: 23 }, () => 'Abandon '), 'art']);
    expect(Buffer.from(seed).toString('hex')).toBe(
      '408b285c123836004f4b8842c89324c1f01382450c0d439af345ba7fc49acf705489c6fc77dbd4e3dc1dd8cc6bc9f043db8ada1e243c4a0eafb290d399480840',
    );
  });

  it('S35 lies in a file for its owner only, without the words, and alone', async () => {
    const { words } = await createSeed(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'daemon')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, 'daemon'))).toEqual(['seed']);
    expect(readFileSync(path, 'utf8')).not.toContain(words.join(' '));
  });

  it('is never written over', async () => {
    const { seed, words } = await createSeed(path);
    await expect(createSeed(path)).rejects.toThrow(code('SEED_EXISTS'));
    await expect(restoreSeed(path, words)).rejects.toThrow(code('SEED_EXISTS'));
    expect(loadSeed(path)).toEqual(seed);
    expect(readdirSync(join(folder, 'daemon'))).toEqual(['seed']);
  });

  it.each([
    ['a word missing', (words: string[]) => words.slice(1)],
    ['a word misspelt', (words: string[]) => ['abandom', ...words.slice(1)]],
    ['12 words', () => 'abandon '.repeat(11).concat('about').split(' ')],
    ['a wrong checksum', () => Array.from({ length: 24 }, () => 'abandon')],
  ])('is not restored from %s', async (_, spoil) => {
    const { words } = await createSeed(path);
    const other = join(folder, 'other');
    await expect(restoreSeed(other, spoil(words))).rejects.toThrow(code('SEED_WORDS'));
    expect(() => loadSeed(other)).toThrow(code('SEED_MISSING'));
  });

  it.each([0o640, 0o604, 0o660, 0o610])('S35 is not used when its mode is %o', async (mode) => {
    await createSeed(path);
    chmodSync(path, mode);
    expect(() => loadSeed(path)).toThrow(code('SEED_EXPOSED'));
  });

  it.each([
    [
      'one digit changed',
      (text: string) => text.replace(/[0-9a-f]( [0-9a-f]{8}\n)$/, (_, rest: string) => `x${rest}`),
    ],
    [
      'another digit',
      (text: string) => text.replace(/ (.)/, (_, digit: string) => ` ${digit === '0' ? '1' : '0'}`),
    ],
    ['cut short', (text: string) => text.slice(0, 70)],
    ['empty', () => ''],
  ])('is not used when damaged: %s', async (_, damage) => {
    await createSeed(path);
    writeFileSync(path, damage(readFileSync(path, 'utf8')));
    expect(() => loadSeed(path)).toThrow(code('SEED_INVALID'));
  });
});
