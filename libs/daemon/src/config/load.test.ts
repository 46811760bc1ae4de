import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TercetError } from '@tercet/protocol';
import { loadConfig } from './load.js';
import type { Role } from './schema.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tercet-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Sources {
  role?: Role;
  argv?: string[];
  environment?: Record<string, string>;
  file?: unknown;
}

const load = ({ role = 'agent', argv = [], environment = {}, file }: Sources) => {
  if (file !== undefined) writeFileSync(join(folder, 'config.json'), JSON.stringify(file));
  return loadConfig(role, ['--data-dir', folder, ...argv], { HOME: '/home/alice', ...environment });
};

const refusal = (sources: Sources): TercetError => {
  try {
    load(sources);
  } catch (error) {
    if (error instanceof TercetError) return error;
    throw error;
  }
  throw new Error('accepted');
};

describe('where a value comes from', () => {
  test('defaults: regtest, loopback, files under the home folder', () => {
    const config = loadConfig('maker', [], { HOME: '/home/alice' });
    expect(config).toMatchObject({
      role: 'maker',
      dataDir: '/home/alice/.tercet/maker',
      network: 'regtest',
      listen: '127.0.0.1:10101',
      publicAddress: '127.0.0.1:10101',
      lnd: {
        socket: '127.0.0.1:10009',
        certPath: '/home/alice/.lnd/tls.cert',
        macaroonPath: '/home/alice/.lnd/data/chain/bitcoin/regtest/admin.macaroon',
      },
      margins: { payoutLastBlocks: 51, decideByBlocks: 36, forcedSettleBlocks: 24, alarmBlocks: 12 },
      agents: [],
    });
    expect(config.redisUrl).toBeUndefined();
  });

  test('flags before environment before file before defaults', () => {
    const file = { lnd: { socket: 'file:1' }, logLevel: 'warn', listen: 'file:2', leaseBlocks: 4 };
    const environment = { TERCET_LND_SOCKET: 'environment:1', TERCET_LISTEN: 'environment:2' };
    const config = loadConfig('agent', ['--data-dir', folder, '--listen=flag:2'], environment);
    expect(config.listen).toBe('flag:2');
    expect(load({ file, environment, argv: ['--listen', 'flag:2'] })).toMatchObject({
      listen: 'flag:2',
      lnd: { socket: 'environment:1' },
      logLevel: 'warn',
      leaseBlocks: 4,
      handshakeSeconds: 600,
    });
  });

  test('a file named by flag or by environment', () => {
    const elsewhere = join(folder, 'other.json');
    writeFileSync(elsewhere, JSON.stringify({ fees: { successPpm: 7_000 } }));
    expect(loadConfig('agent', ['--config', elsewhere], {}).fees.successPpm).toBe(7_000);
    expect(loadConfig('agent', [], { TERCET_CONFIG: elsewhere }).fees.successPpm).toBe(7_000);
  });

  test('REDIS_URL and DATABASE_URL as platforms set them, our own names before them', () => {
    const environment = { REDIS_URL: 'redis://platform:1', DATABASE_URL: 'postgres://platform/a' };
    expect(load({ environment })).toMatchObject({
      redisUrl: 'redis://platform:1',
      databaseUrl: 'postgres://platform/a',
    });
    expect(load({ environment: { ...environment, TERCET_REDIS_URL: 'redis://ours:1' } }).redisUrl).toBe(
      'redis://ours:1',
    );
  });

  test('a list and a switch in the environment and as flags', () => {
    const agents = [{ key: 'ab'.repeat(32), address: '[::1]:10301', fingerprint: 'cd'.repeat(32) }];
    const environment = { TERCET_AGENTS: JSON.stringify(agents) };
    expect(load({ role: 'taker', environment })).toMatchObject({ agents });
    expect(load({ argv: ['--allow-mainnet', '--log-level', 'debug'] })).toMatchObject({
      allowMainnet: true,
      logLevel: 'debug',
    });
    expect(load({ argv: ['--allow-mainnet', 'false'] }).allowMainnet).toBe(false);
  });

  test('variables of the command line and the tools are left alone', () => {
    expect(load({ environment: { TERCET_CLI_TOKEN: 'x', TERCET_CACHE: '/c' } }).role).toBe('agent');
  });
});

describe('what is refused, and how it is said', () => {
  const key = 'ab'.repeat(32);
  const cases: [string, Sources, string][] = [
    [
      'out of range, from the file',
      { file: { leaseBlocks: 7 } },
      'leaseBlocks = 7 (FOLDER/config.json) must be a whole number from 3 to 6',
    ],
    [
      'not a number, from the environment',
      { environment: { TERCET_CEILINGS_OPEN_TRADES: 'many' } },
      'ceilings.openTrades = many (environment TERCET_CEILINGS_OPEN_TRADES) must be a whole number from 1 to 10000',
    ],
    [
      'not of the list, from a flag',
      { argv: ['--network', 'mainnet'] },
      'network = mainnet (flag --network) must be one of regtest, signet, testnet, bitcoin',
    ],
    ['no address', { argv: ['--listen', '10301'] }, 'listen = 10301 (flag --listen) must be host:port'],
    ['no such port', { argv: ['--listen', 'a:70000'] }, 'listen = a:70000 has no such port: 0 to 65535'],
    [
      'a wrong URL, its password untold',
      { environment: { TERCET_REDIS_URL: 'http://:hunter2@x' } },
      'redisUrl (environment TERCET_REDIS_URL) must be redis://host:port or rediss://host:port',
    ],
    [
      'a part of a list',
      { role: 'maker', file: { agents: [{ key: 'xyz', address: 'a:1', fingerprint: key }] } },
      'wrong at 0.key) must be a list of {"key": 64 hex digits',
    ],
    [
      'an agent twice',
      {
        role: 'maker',
        file: { agents: [1, 2].map((n) => ({ key, address: `a:${n}`, fingerprint: key })) },
      },
      `agents names ${key} twice`,
    ],
    [
      'an unknown key in the file',
      { file: { lnd: { sockett: 'a:1' } } },
      'lnd.sockett (FOLDER/config.json) is not a setting, the nearest is lnd.socket',
    ],
    [
      'an unknown variable',
      { environment: { TERCET_LND_SOCKT: 'a:1' } },
      'TERCET_LND_SOCKT (environment) is not a setting, the nearest is TERCET_LND_SOCKET',
    ],
    [
      'an unknown flag, its value no second mistake',
      { argv: ['--lissten', 'a:1'] },
      'used. --lissten (command line) is not a setting, the nearest is --listen. Nothing',
    ],
    ['a flag without its value', { argv: ['--listen'] }, '--listen (command line) needs a value: host:port'],
    ['a group that is none', { file: { lnd: 'a:1' } }, 'lnd (FOLDER/config.json) must be an object'],
    ['a file that is a list', { file: [] }, 'must hold one JSON object'],
    ['a file that is not there', { argv: ['--config', '/no/such.json'] }, "/no/such.json doesn't exist"],
    [
      "a trader's setting at an agent",
      { file: { agents: [] } },
      'agents (FOLDER/config.json) is not a setting',
    ],
    [
      'a smallest price above the largest trade',
      { file: { smallestPriceSat: 50_000, ceilings: { largestTradeSat: 20_000 } } },
      'smallestPriceSat = 50000 must not exceed ceilings.largestTradeSat = 20000',
    ],
  ];
  test.each(cases)('%s', (_, sources, expected) => {
    const error = refusal(sources);
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain(expected.replace('FOLDER', folder));
    expect(error.message).not.toContain('hunter2');
  });

  test('all mistakes at once', () => {
    const { details } = refusal({ file: { leaseBlocks: 7, logLevel: 'loud' }, argv: ['--lissten', 'x'] });
    expect(Object.keys(details)).toHaveLength(3);
  });

  test('broken JSON', () => {
    writeFileSync(join(folder, 'config.json'), '{ "listen": ');
    expect(refusal({}).message).toContain("can't be read");
  });

  test.each<[string, () => TercetError]>([
    [
      'beside the place where the file is broken',
      () => {
        writeFileSync(join(folder, 'config.json'), '{ "redisUrl": "redis://:hunter2@x" "listen": 1}');
        return refusal({});
      },
    ],
    ['in a word that is no setting', () => refusal({ argv: ['redis-url', 'redis://:hunter2@x'] })],
    ['given for another setting', () => refusal({ argv: ['--listen', 'redis://:hunter2@x'] })],
  ])('S36 a password is never said: %s', (_, refused) => {
    const { message, details } = refused();
    expect(message + JSON.stringify(details)).not.toContain('hunter2');
  });
});

describe('margins keep their order', () => {
  const good = { payoutLastBlocks: 51, decideByBlocks: 36, forcedSettleBlocks: 24, alarmBlocks: 12 };
  test.each([
    ['the defaults', {}, undefined],
    ['alarm just below the forced settle', { alarmBlocks: 23 }, undefined],
    [
      'alarm at the forced settle',
      { alarmBlocks: 24 },
      'margins.forcedSettleBlocks = 24 must be greater than margins.alarmBlocks = 24',
    ],
    ['decide-by at the forced settle', { decideByBlocks: 24 }, 'margins.decideByBlocks = 24 must be greater'],
    ['decide-by at the last payout', { decideByBlocks: 51 }, 'margins.payoutLastBlocks = 51 must be greater'],
    [
      'no room for the shortest route',
      { payoutLastBlocks: 50 },
      'margins.payoutLastBlocks = 50 must be at least 51',
    ],
  ])('%s', (_, change, expected) => {
    const file = { margins: { ...good, ...change } };
    if (expected === undefined) expect(load({ file }).margins).toMatchObject(change);
    else expect(refusal({ file }).message).toContain(expected);
  });
});

describe('S37 mainnet only by an explicit switch and with ceilings set', () => {
  const ceilings = { largestTradeSat: 100_000, openTrades: 2, satsPerHour: 200_000 };
  test.each([
    ['no switch', { network: 'bitcoin', ceilings }, 'needs allowMainnet = true'],
    [
      'no ceilings',
      { network: 'bitcoin', allowMainnet: true },
      'ceilings.largestTradeSat has no default on network bitcoin',
    ],
    [
      'a ceiling missing',
      { network: 'bitcoin', allowMainnet: true, ceilings: { ...ceilings, satsPerHour: undefined } },
      'ceilings.satsPerHour has no default',
    ],
  ])('%s', (_, file, expected) => expect(refusal({ file }).message).toContain(expected));

  test('switch and ceilings: accepted, on the mainnet folder of lnd', () => {
    const config = load({ file: { network: 'bitcoin', allowMainnet: true, ceilings } });
    expect(config.lnd.macaroonPath).toBe('/home/alice/.lnd/data/chain/bitcoin/mainnet/admin.macaroon');
  });
});
