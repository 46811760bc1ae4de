import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { TercetError } from '@tercet/protocol';
import { readPrivateFile, writePrivateFile } from './private-file.js';

export const SCOPES = ['read', 'trade', 'arbiter-read', 'arbiter-rule', 'admin'] as const;
/** What a token lets its holder do. */
export type Scope = (typeof SCOPES)[number];

/** What each scope may stand in for, itself included. */
const INCLUDES: Record<Scope, readonly Scope[]> = {
  read: ['read'],
  trade: ['trade', 'read'],
  'arbiter-read': ['arbiter-read'],
  'arbiter-rule': ['arbiter-rule', 'arbiter-read'],
  admin: SCOPES,
};

export interface Tokens {
  /** Passes, or throws TOKEN_MISSING, TOKEN_UNKNOWN, TOKEN_SCOPE. */
  require(needed: Scope, presented: string | undefined): void;
}

/** Where the token of a scope lies below a daemon's data folder. */
export const tokenPath = (folder: string, scope: Scope): string => join(folder, 'tokens', `${scope}.token`);

/**
 * Reads the tokens of a data folder and makes those that are missing (32 random bytes each, files 0600). Deleting a
 * file and starting again is how a token is taken back. Throws FILE_OPEN_TO_OTHERS, TOKEN_FILE_BROKEN.
 */
export async function loadOrCreateTokens(folder: string): Promise<Tokens> {
  const known: { scope: Scope; digest: Buffer }[] = [];
  for (const scope of SCOPES) {
    const path = tokenPath(folder, scope);
    let token = (await readPrivateFile(path))?.trim();
    if (token === undefined || token === '') {
      token = randomBytes(32).toString('base64url');
      await writePrivateFile(path, `${token}\n`);
    }
    if (!WHOLE.test(token)) throw broken(path);
    known.push({ scope, digest: digestOf(token) });
  }
  return { require: (needed, presented) => requireScope(known, needed, presented) };
}

/** 32 bytes in base64url, as they are made here: a file cut short holds a token that can be guessed. */
const WHOLE = /^[\w-]{43,}$/;

const broken = (path: string) =>
  new TercetError('TOKEN_FILE_BROKEN', `The token in ${path} is not whole. Nothing was started.`, {
    wayOut: 'Put the right file back, or delete it: a new one is made at the next start.',
    details: { path },
  });

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();

function requireScope(
  known: { scope: Scope; digest: Buffer }[],
  needed: Scope,
  presented: string | undefined,
): void {
  if (presented === undefined || presented === '') {
    throw new TercetError('TOKEN_MISSING', 'The call came without a token. Nothing was done.', {
      wayOut: `Send the token of ${needed}.token, in the daemon's folder, as "authorization: Bearer ...".`,
    });
  }
  const digest = digestOf(presented);
  // All are compared, over digests of equal length: the time taken says nothing about any of them.
  const held = known.filter((one) => timingSafeEqual(one.digest, digest));
  const [first] = held;
  if (first === undefined) {
    throw new TercetError('TOKEN_UNKNOWN', 'The token is not one of this daemon. Nothing was done.', {
      wayOut:
        "Use a token from this daemon's own folder; a token file that was deleted is made anew at a start.",
    });
  }
  if (!held.some((one) => INCLUDES[one.scope].includes(needed))) {
    throw new TercetError(
      'TOKEN_SCOPE',
      `The token is for "${first.scope}", and this call needs "${needed}". Nothing was done.`,
      {
        wayOut: needed === 'admin' ? 'Use admin.token.' : `Use ${needed}.token, or admin.token.`,
        details: { held: first.scope, needed },
      },
    );
  }
}
