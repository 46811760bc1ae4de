import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join, relative } from 'node:path';
import type { Secret } from './support/secret-forms.js';
import { formsOf, secretsIn } from './support/secret-forms.js';
import type { SecretRun } from './support/secret-run.js';

const SCRIPT = join(import.meta.dirname, '../../dist/e2e/support/secret-run.js');

/** Files that hold a secret because it is theirs: for this user alone (S35). */
const OWNERS = /^(seed|tokens\/[a-z-]+\.token|tls\.key)$/;

describe('the scanner', () => {
  const hex: Secret = { name: 'preimage', text: 'f0e1d2c3'.repeat(8) };
  const words: Secret = { name: 'account', text: 'DE02 1203 0000 0000 2020 51 Zoë' };

  test.each(
    [hex, words].flatMap((secret) =>
      formsOf(secret.text).map(([form, bytes]) => [secret.name, form, secret, bytes] as const),
    ),
  )('finds a planted %s as %s', (_, form, secret, bytes) => {
    const found = secretsIn(Buffer.concat([Buffer.from('before'), bytes, Buffer.from('after')]), [
      hex,
      words,
    ]);
    expect(found).toContainEqual({ secret: secret.name, form, at: 6 });
  });

  test.each([0, 1, 2, 3])('finds it inside base64 of something longer, %i bytes in', (before) => {
    const all = Buffer.concat([Buffer.alloc(before, 'x'), Buffer.from(hex.text, 'hex'), Buffer.from('tail')]);
    expect(secretsIn(Buffer.from(all.toString('base64')), [hex])).not.toEqual([]);
  });

  test('finds nothing where nothing is', () => {
    expect(secretsIn(Buffer.from('f0e1d2c3 DE02 1203'), [hex, words])).toEqual([]);
  });
});

test('S35 S36 whole trades with failures: no secret in a log, metric, error, answer, database, its files or Redis dump', async () => {
  const child = fork(SCRIPT, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => output.push(part));
  const exit = once(child, 'exit');
  const ended = exit.then(() => {
    throw new Error(`the run ended: ${Buffer.concat(output).toString().slice(-2_000)}`);
  });
  const [run] = (await Promise.race([once(child, 'message'), ended])) as [SecretRun];
  const files = (await Promise.all(run.folders.map(filesOf))).flat();
  child.send('enough');
  await exit;

  const log = Buffer.concat(output);
  const places = [
    ...run.texts.map(({ place, text }) => ({ place, bytes: Buffer.from(text) })),
    ...files,
    { place: 'log', bytes: log },
  ];
  // There was something to find, and something to look through.
  const kinds = new Set(run.secrets.map(({ name }) => name.replace(/[0-9a-f]{64}/, '')));
  expect([...kinds].some((name) => name.includes('payout'))).toBe(true);
  expect(run.secrets.filter(({ name }) => name === 'escrow preimage').length).toBeGreaterThanOrEqual(4);
  expect(log.toString()).toContain('"msg":"step"');
  expect(log.toString()).toContain('an effect failed');
  expect(files.map(({ place }) => place)).toEqual(
    expect.arrayContaining([expect.stringContaining('journal.db-wal'), expect.stringContaining('dump.rdb')]),
  );
  const database = run.texts.find(({ place }) => place === 'database of the agent')?.text;
  expect(database?.match(/INSERT INTO public\.fact/g)?.length).toBeGreaterThan(50);
  const found = places.flatMap(({ place, bytes }) =>
    secretsIn(bytes, run.secrets).map((one) => ({ place, ...one })),
  );
  expect(found).toEqual([]);
}, 240_000);

/** Every file below a data folder, with what Redis holds written into one. */
async function filesOf(folder: string): Promise<{ place: string; bytes: Buffer }[]> {
  await dumpRedis(join(folder, 'redis', 'redis.sock'));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const kept = paths.filter((path) => !OWNERS.test(relative(folder, path)));
  return Promise.all(kept.map(async (path) => ({ place: path, bytes: await readFile(path) })));
}

/** Saves the private Redis uncompressed, so that its contents can be read in the file. */
async function dumpRedis(socketPath: string): Promise<void> {
  const socket = connect(socketPath);
  let said = '';
  socket.on('data', (part: Buffer) => (said += part.toString()));
  socket.write('CONFIG SET rdbcompression no\r\nSAVE\r\nQUIT\r\n');
  await once(socket, 'close');
  expect(said).toBe('+OK\r\n+OK\r\n+OK\r\n');
}
