/** A daemon that can't work says so in one sentence, with a documented code, and leaves nothing behind. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT, seedPath } from '@tercet/daemon';
import { regtestBinaries, until } from '@tercet/regtest';
import { createSeed, createWallet, unauthenticatedLndGrpc } from 'lightning';
import { freeAddress } from '../stage/free-port.js';
import { PARTIES } from '../stage/layout.js';
import { lndConfig, prepare, runToEnd, useNodes, type Ended, type Start } from './support/one-node.js';

const nodes = useNodes();
const own = () => nodes().node('own');

/** One line for the person, without a stack, that says what to do and names its code. */
function expectOneSentence(ended: Ended, code: string, words: RegExp, exit: number): void {
  const lines = ended.log
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('{'));
  expect(lines).toEqual([expect.stringMatching(new RegExp(`^[a-z-]+: .*\\. .*\\. \\[${code}\\]$`))]);
  expect(lines[0]).toMatch(words);
  expect(ended).toMatchObject({ code: exit, listening: false, left: [] });
}

const start = async (what: Omit<Start, 'party'> & { party?: Start['party'] }): Promise<Ended> =>
  runToEnd(await prepare(nodes(), { party: 'maker', ...what }));

describe('S37 a configuration that can not be used', () => {
  const cases: [string, Record<string, unknown>, RegExp][] = [
    ['a value out of range', { reconcileSeconds: 1 }, /reconcileSeconds = 1 .*5 to 3600/],
    ['a key that there is not', { reconcilSeconds: 60 }, /reconcilSeconds.*reconcileSeconds/],
    ['mainnet without its switch', { network: 'bitcoin' }, /allowMainnet/],
    ['margins out of order', { margins: { forcedSettleBlocks: 60 } }, /forcedSettleBlocks/],
  ];
  test.each(cases)('%s is named with what is allowed', async (_, config, words) => {
    expectOneSentence(await start({ config }), 'CONFIG_INVALID', words, EXIT.configuration);
  });
});

describe('a node that is not the right one, or not there', () => {
  test.each(PARTIES)('%s on another network than its node', async (party) => {
    const ended = await start({ party, config: { network: 'signet' } });
    expectOneSentence(ended, 'NETWORK_MISMATCH', /is on regtest.*configured for signet/, EXIT.refused);
  });

  test('a node out of reach', async () => {
    const lnd = { ...lndConfig(own()), socket: await freeAddress() };
    expectOneSentence(
      await start({ config: { lnd } }),
      'NODE_UNAVAILABLE',
      /Start lnd|lnd\.socket/,
      EXIT.refused,
    );
  });

  test("another node's certificate", async () => {
    const lnd = { ...lndConfig(own()), certPath: nodes().node('other').tlsCertPath };
    expectOneSentence(
      await start({ config: { lnd } }),
      'NODE_WRONG_CERT',
      /certPath|certificate/,
      EXIT.refused,
    );
  });

  test("another node's macaroon, one that is none, and none at all", async () => {
    const foreign = { ...lndConfig(own()), macaroonPath: nodes().node('other').adminMacaroonPath };
    const refused = await start({ config: { lnd: foreign } });
    expectOneSentence(refused, 'NODE_UNAUTHORIZED', /macaroon/, EXIT.refused);
    const garbage = join(nodes().dir, 'garbage.macaroon');
    await writeFile(garbage, 'not a macaroon');
    const unread = await start({ config: { lnd: { ...foreign, macaroonPath: garbage } } });
    expectOneSentence(unread, 'NODE_UNAUTHORIZED', /macaroon/, EXIT.refused);
    const missing = await start({ config: { lnd: { ...foreign, macaroonPath: '/nowhere/admin.macaroon' } } });
    expectOneSentence(missing, 'MACAROON_MISSING', /lnd\.macaroonPath/, EXIT.refused);
  });

  test('a wallet that is locked', async () => {
    const locked = await lockedNode();
    try {
      const ended = await start({
        config: { lnd: { ...locked.access, macaroonPath: own().adminMacaroonPath } },
      });
      expectOneSentence(ended, 'NODE_LOCKED', /lncli unlock/, EXIT.refused);
    } finally {
      await locked.end();
    }
  });
});

/** An lnd that has a wallet and was started without its password. */
async function lockedNode() {
  const { chain } = nodes();
  const dir = await mkdtemp(join(tmpdir(), 'tercet-locked-'));
  const [, port = ''] = (await freeAddress()).split(':');
  const access = { socket: `localhost:${port}`, certPath: join(dir, 'tls.cert') };
  const run = async (): Promise<ChildProcess> => {
    const child = spawn(
      regtestBinaries().lnd,
      [
        `--lnddir=${dir}`,
        '--bitcoin.regtest',
        '--bitcoin.node=btcd',
        `--btcd.rpchost=${new URL(chain.rpcUrl).host}`,
        `--btcd.rpcuser=${chain.user}`,
        `--btcd.rpcpass=${chain.pass}`,
        `--btcd.rpccert=${chain.certPath}`,
        `--rpclisten=${access.socket}`,
        '--norest',
        '--nolisten',
      ],
      { stdio: 'ignore' },
    );
    await once(child, 'spawn');
    return child;
  };
  const kill = async (child: ChildProcess) => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  let child = await run();
  await until('its certificate', () => Promise.resolve(existsSync(access.certPath) || undefined));
  await until('its wallet', async () => {
    const cert = await readFile(access.certPath, 'base64');
    const { lnd } = unauthenticatedLndGrpc({ socket: access.socket, cert });
    const { seed } = await createSeed({ lnd });
    await createWallet({ lnd, seed, password: Buffer.from('locked wallet').toString('hex') });
    return true;
  });
  const macaroon = join(dir, 'data/chain/bitcoin/regtest/admin.macaroon');
  await until('its macaroon', () => Promise.resolve(existsSync(macaroon) || undefined));
  await kill(child);
  child = await run();
  return {
    access,
    end: async () => {
      await kill(child);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

describe('what else a daemon needs', () => {
  test('no redis-server on the path', async () => {
    // The node's binary and nothing else.
    const path = join(nodes().dir, 'bin');
    await mkdir(path);
    await symlink(process.execPath, join(path, 'node'));
    const ended = await start({ env: { PATH: path } });
    expectOneSentence(ended, 'REDIS_MISSING', /apt-get install redis-server|redisUrl/, EXIT.refused);
  });

  test('a Redis that is named and does not answer', async () => {
    const ended = await start({ config: { redisUrl: `redis://${await freeAddress()}` } });
    expectOneSentence(ended, 'REDIS_UNREACHABLE', /Start that Redis/, EXIT.refused);
  });

  test('no seed, one that others can read, and one that is none', async () => {
    expectOneSentence(await start({ withoutSeed: true }), 'SEED_MISSING', /tercet init/, EXIT.refused);
    const open = await prepare(nodes(), { party: 'maker' });
    await chmod(seedPath(open.spec.dir), 0o644);
    expectOneSentence(await runToEnd(open), 'SEED_EXPOSED', /chmod 600/, EXIT.refused);
    const broken = await prepare(nodes(), { party: 'maker' });
    await writeFile(seedPath(broken.spec.dir), 'twenty-four words', { mode: 0o600 });
    expectOneSentence(await runToEnd(broken), 'SEED_INVALID', /seed/i, EXIT.refused);
  });

  test('a port that is taken, a folder that is in use: the daemon that runs is not disturbed', async () => {
    const first = await prepare(nodes(), { party: 'agent' });
    await first.start();
    try {
      const second = await prepare(nodes(), { party: 'maker', config: { listen: first.spec.listen } });
      second.launch();
      expect(await second.exit()).toBe(EXIT.refused);
      expect(await second.logTail(1)).toMatch(/can not listen.*\[LISTEN_FAILED\]$/);
      const twin = await prepare(nodes(), { party: 'agent' });
      twin.spec.dir = first.spec.dir;
      twin.launch();
      expect(await twin.exit()).toBe(EXIT.refused);
      expect(await first.logTail(1)).toMatch(/already runs on this data folder.*\[DATA_FOLDER_IN_USE\]$/);
      await first.ready();
    } finally {
      expect(await first.stop()).toBe(EXIT.ok);
    }
  });
});
