/** Fuzzed token files and presented tokens. Test code only. */
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOfRefusal, decoder, mutatedText } from '@tercet/protocol/fuzz';
import fc from 'fast-check';
import type { Scope } from '../../grpc/index.js';
import { loadOrCreateTokens, SCOPES, tokenPath } from '../../grpc/index.js';

interface Attempt {
  file: string;
  /** Undefined: what the file holds. */
  presented?: string;
  needed: Scope;
}
const TOKEN = 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE';

export const tokenDecoder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'tercet-fuzz-tokens-'));
  mkdirSync(join(folder, 'tokens'), { recursive: true });
  const write = (scope: Scope, text: string) => {
    writeFileSync(tokenPath(folder, scope), text);
    chmodSync(tokenPath(folder, scope), 0o600);
  };
  for (const scope of SCOPES) write(scope, `${scope.padEnd(43, 'x')}\n`);
  return decoder<Attempt>({
    name: 'token-file',
    share: 0.1,
    inputs: fc.record({
      file: fc.oneof(fc.constant(TOKEN), mutatedText(fc.constant(`${TOKEN}\n`))),
      presented: fc.option(mutatedText(fc.constant(TOKEN), 2), { nil: undefined, freq: 2 }),
      needed: fc.constantFrom(...SCOPES),
    }),
    async feed({ file, presented = file.trim(), needed }) {
      write('trade', file);
      try {
        const tokens = await loadOrCreateTokens(folder);
        tokens.require(needed, presented);
      } catch (error) {
        return codeOfRefusal(
          error,
          [file.trim(), presented].filter((text) => text.length > 20),
        );
      }
      // Whoever got in presented the whole token of a file that holds one that nobody guesses, for what it is for.
      if (presented !== file.trim()) throw new Error('another token than the file holds was let in');
      if (!['read', 'trade'].includes(needed)) throw new Error(`a trade token was let in for ${needed}`);
      if (presented.length < 43 || /\s/.test(presented))
        throw new Error('a token that can be guessed was let in');
      return 'decoded';
    },
    close: () => rm(folder, { recursive: true, force: true }),
  });
};
