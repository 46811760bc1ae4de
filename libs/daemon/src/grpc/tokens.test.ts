import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TercetError } from '@tercet/protocol';
import { temporaryFolders } from './testing/temporary-folder.js';
import type { Scope } from './tokens.js';
import { loadOrCreateTokens, SCOPES, tokenPath } from './tokens.js';

const folders = temporaryFolders();
let folder = '';
beforeEach(async () => (folder = await folders.make()));
afterAll(() => folders.remove());

const tokenOf = async (scope: Scope) => (await readFile(tokenPath(folder, scope), 'utf8')).trim();

/** Code of what a call throws; undefined where it passes. */
function codeOf(attempt: () => void): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    return (error as TercetError).code;
  }
}

/** What each token opens. */
const OPENS: Record<Scope, Scope[]> = {
  read: ['read'],
  trade: ['read', 'trade'],
  'arbiter-read': ['arbiter-read'],
  'arbiter-rule': ['arbiter-read', 'arbiter-rule'],
  admin: [...SCOPES],
};

describe('S30 access tokens', () => {
  it.each(SCOPES.flatMap((held) => SCOPES.map((needed) => [held, needed] as const)))(
    '%s asked for %s',
    async (held, needed) => {
      const tokens = await loadOrCreateTokens(folder);
      const token = await tokenOf(held);
      const expected = OPENS[held].includes(needed) ? undefined : 'TOKEN_SCOPE';
      expect(codeOf(() => tokens.require(needed, token))).toBe(expected);
    },
  );

  it.each([
    ['none', undefined, 'TOKEN_MISSING'],
    ['an empty one', '', 'TOKEN_MISSING'],
    ['a guess', 'x'.repeat(43), 'TOKEN_UNKNOWN'],
  ])('refuses %s', async (_, token, code) => {
    const tokens = await loadOrCreateTokens(folder);
    expect(codeOf(() => tokens.require('read', token))).toBe(code);
  });

  it('are different, for this user only, and the same at the next start', async () => {
    await loadOrCreateTokens(folder);
    const made = await Promise.all(SCOPES.map(tokenOf));
    await loadOrCreateTokens(folder);
    expect(await Promise.all(SCOPES.map(tokenOf))).toEqual(made);
    expect(new Set(made).size).toBe(SCOPES.length);
    for (const scope of SCOPES) expect((await stat(tokenPath(folder, scope))).mode & 0o777).toBe(0o600);
  });

  it('are taken back by deleting the file', async () => {
    await loadOrCreateTokens(folder);
    const old = await tokenOf('trade');
    await rm(tokenPath(folder, 'trade'));
    const tokens = await loadOrCreateTokens(folder);
    expect(codeOf(() => tokens.require('trade', old))).toBe('TOKEN_UNKNOWN');
  });

  it.each(['x', 'x'.repeat(42), `${'x'.repeat(43)} y`, '\u0000'.repeat(43)])(
    'are not used when the file is broken: %j',
    async (text) => {
      await loadOrCreateTokens(folder);
      await writeFile(tokenPath(folder, 'trade'), text);
      await expect(loadOrCreateTokens(folder)).rejects.toMatchObject({ code: 'TOKEN_FILE_BROKEN' });
    },
  );

  it('are not used when other users could have read them', async () => {
    await loadOrCreateTokens(folder);
    await chmod(tokenPath(folder, 'admin'), 0o644);
    await expect(loadOrCreateTokens(folder)).rejects.toMatchObject({ code: 'FILE_OPEN_TO_OTHERS' });
  });
});
