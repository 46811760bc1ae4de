import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export const repositoryRoot = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');
export const nodesModule = join(repositoryRoot, 'tools/regtest-nodes');

/** `lowscrypt` opens the test wallets fast and changes nothing else; the others are RPC services that lnd gates. */
export const buildTags = 'invoicesrpc walletrpc signrpc chainrpc peersrpc lowscrypt';

/** @param {Record<string, string | undefined>} env */
export function cacheRoot(env) {
  if (env.TERCET_CACHE) return env.TERCET_CACHE;
  return env.XDG_CACHE_HOME ? join(env.XDG_CACHE_HOME, 'tercet') : join(homedir(), '.cache/tercet');
}

/** The same binaries come out of the same go.sum, tags and Go version. */
function cacheKey({ goSum, tags, goVersion }) {
  return createHash('sha256').update([goSum, tags, goVersion].join('\0')).digest('hex').slice(0, 20);
}

/** `go1.26.8`, or undefined where there is no Go. */
export function installedGo() {
  try {
    return execFileSync('go', ['env', 'GOVERSION'], {
      encoding: 'utf8',
      cwd: nodesModule,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, GOTOOLCHAIN: 'local' },
    }).trim();
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    // Go older than the `go` line of go.mod refuses to answer inside the module.
    return execFileSync('go', ['version'], { encoding: 'utf8', cwd: '/' }).split(' ')[2];
  }
}

/** Where the binaries built by that Go are, or will be. */
export function binariesFor(goVersion, env = process.env) {
  const goSum = readFileSync(join(nodesModule, 'go.sum'), 'utf8');
  const folder = join(cacheRoot(env), 'regtest-nodes', cacheKey({ goSum, tags: buildTags, goVersion }));
  return { folder, lnd: join(folder, 'lnd'), btcd: join(folder, 'btcd') };
}
