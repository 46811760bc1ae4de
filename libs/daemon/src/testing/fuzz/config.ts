/** Fuzzed configuration: a file, the environment and flags at once. Test code only. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decoder, judged, mustEqual, mutatedJson, mutatedText } from '@tercet/protocol/fuzz';
import fc from 'fast-check';
import { loadConfig } from '../../config/index.js';
import type { Config, Role } from '../../config/index.js';
import { settingsOf } from '../../config/settings.js';

/** Stands in every URL that is a secret: no refusal may say it (S36). */
const PASSWORD = 'hunter2-of-the-fuzzer';
const FILE = {
  network: 'regtest',
  listen: '127.0.0.1:10101',
  publicAddress: '[::1]:10101',
  lnd: { socket: '127.0.0.1:10009', certPath: '~/.lnd/tls.cert', macaroonPath: '/m' },
  redisUrl: `redis://:${PASSWORD}@127.0.0.1:6379`,
  databaseUrl: `postgres://tercet:${PASSWORD}@127.0.0.1/tercet`,
  ceilings: { largestTradeSat: 1_000_000, openTrades: 10, satsPerHour: 5_000_000 },
  margins: { payoutLastBlocks: 51, decideByBlocks: 36, forcedSettleBlocks: 24, alarmBlocks: 12 },
  agents: [{ key: 'ab'.repeat(32), address: '[::1]:10301', fingerprint: 'cd'.repeat(32) }],
  logLevel: 'info',
};

interface Sources {
  role: Role;
  file: string;
  environment: Record<string, string>;
  argv: string[];
}

const settings = settingsOf('agent');
const named = (name: (setting: (typeof settings)[number]) => string) =>
  fc.oneof(fc.constantFrom(...settings.map(name)), mutatedText(fc.constantFrom(...settings.map(name)), 1));
const values = fc.oneof(
  fc.constant(`redis://:${PASSWORD}@h:1`),
  mutatedText(
    fc.constantFrom('1', '20', 'true', 'regtest', '127.0.0.1:1', '[{"key":"a"}]', '~/x', '9'.repeat(21)),
  ),
);
const files = fc.oneof(
  mutatedJson(fc.constant(FILE)).map((value) => JSON.stringify(value)),
  mutatedText(fc.constant(JSON.stringify(FILE))),
);
const sometimes = <T>(none: T, some: fc.Arbitrary<T>) => fc.oneof(fc.constant(none), some);
const sources: fc.Arbitrary<Sources> = fc.record({
  role: fc.constantFrom('maker', 'taker', 'agent'),
  file: files,
  environment: sometimes(
    {},
    fc.dictionary(
      named(({ environment }) => environment),
      values,
      { maxKeys: 3 },
    ),
  ),
  argv: sometimes(
    [],
    fc
      .array(
        fc.tuple(
          named(({ flag }) => flag),
          fc.constantFrom(' ', '='),
          values,
        ),
        { maxLength: 2 },
      )
      .map((flags) =>
        flags.flatMap(([flag, between, value]) => (between === '=' ? [`${flag}=${value}`] : [flag, value])),
      ),
  ),
});

/** The password, where it stands in URLs alone: cut out of one by a change it is a text like any other. */
function secretsIn({ file, environment, argv }: Sources): string[] {
  const all = [file, ...Object.values(environment), ...argv].join('\n');
  return all.replace(/:\/\/[^/\s"]*@/g, '').includes(PASSWORD) ? [] : [PASSWORD];
}

export const configDecoder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'tercet-fuzz-config-'));
  const path = join(folder, 'config.json');
  const load = ({ role, environment, argv }: Sources): Config =>
    loadConfig(role, ['--config', path, ...argv], { HOME: folder, ...environment });
  return decoder<Sources>({
    name: 'configuration',
    share: 0.05,
    inputs: sources,
    feed(given) {
      writeFileSync(path, given.file);
      return judged(
        () => load(given),
        (config) => {
          mustEqual('loaded again', JSON.stringify(load(given)), JSON.stringify(config));
          const { payoutLastBlocks, decideByBlocks, forcedSettleBlocks, alarmBlocks } = config.margins;
          if (!(
            payoutLastBlocks > decideByBlocks &&
            decideByBlocks > forcedSettleBlocks &&
            forcedSettleBlocks > alarmBlocks
          ))
            throw new Error('margins out of their order were taken');
          if (config.network === 'bitcoin' && !config.allowMainnet)
            throw new Error('mainnet without the switch was taken');
        },
        secretsIn(given),
      );
    },
    close: () => rm(folder, { recursive: true, force: true }),
  });
};
