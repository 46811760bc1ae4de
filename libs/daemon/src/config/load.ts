import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { TercetError, type Network } from '@tercet/protocol';
import { inconsistencies } from './consistent.js';
import { schemas, type AgentConfig, type Config, type Role, type TraderConfig } from './schema.js';
import { settingsOf, type Setting } from './settings.js';
import { readEnvironment, readFile, readFlags, type Given } from './sources.js';

/** As process.env. */
type Environment = Readonly<Record<string, string | undefined>>;

/** lnd's own name of its network folder. */
const LND_FOLDER: Record<Network, string> = {
  bitcoin: 'mainnet',
  regtest: 'regtest',
  signet: 'signet',
  testnet: 'testnet',
};

const invalid = (role: Role, problems: string[]): TercetError =>
  new TercetError(
    'CONFIG_INVALID',
    `The configuration can't be used. ${problems.join('; ')}. Nothing was started.`,
    {
      wayOut: `Correct ${problems.length === 1 ? 'it' : 'them'} in the file, the environment or the flags; --help lists every setting of the ${role}.`,
      details: Object.fromEntries(problems.map((problem, at) => [String(at + 1), problem])),
    },
  );

const expand = (path: string, home: string): string =>
  resolve(path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path);

const nest = (given: ReadonlyMap<string, Given>): Record<string, unknown> => {
  const root: Record<string, unknown> = {};
  for (const [key, { value }] of given) {
    const [first = key, second] = key.split('.');
    if (second === undefined) root[first] = value;
    else root[first] = { ...(root[first] as Record<string, unknown> | undefined), [second]: value };
  }
  return root;
};

const shown = (value: unknown, setting: Setting): string =>
  setting.secret ? '' : ` = ${withoutPassword(typeof value === 'string' ? value : JSON.stringify(value))}`;

/** A URL that was given for another setting keeps its password to itself (S36). */
const withoutPassword = (text: string): string => text.replace(/\/\/[^/\s]*@/g, '//***@');

/** Which setting an issue is about; one inside a list is the list's. */
const problemOf = (
  path: PropertyKey[],
  settings: readonly Setting[],
  given: ReadonlyMap<string, Given>,
): string => {
  const dotted = path.map(String).join('.');
  const setting = settings.find(({ key }) => dotted === key || dotted.startsWith(`${key}.`));
  if (!setting) return `${dotted} is wrong`;
  const { value, source } = given.get(setting.key) ?? { value: undefined, source: 'default' };
  const inside = dotted.slice(setting.key.length + 1);
  const where = inside === '' ? '' : `, wrong at ${inside}`;
  return `${setting.key}${shown(value, setting)} (${source}${where}) must be ${setting.allowed}`;
};

/**
 * The configuration of a daemon: flags before environment before file before defaults. The file is `--config`, TERCET_CONFIG, or
 * `config.json` in dataDir where there is one. `argv` is without program and script.
 * Throws CONFIG_INVALID that names every wrong value with its key, its source and what is allowed.
 */
export function loadConfig(role: 'agent', argv: readonly string[], environment: Environment): AgentConfig;
export function loadConfig(
  role: 'maker' | 'taker',
  argv: readonly string[],
  environment: Environment,
): TraderConfig;
export function loadConfig(role: Role, argv: readonly string[], environment: Environment): Config;
export function loadConfig(role: Role, argv: readonly string[], environment: Environment): Config {
  const home = environment['HOME'] ?? homedir();
  const settings = settingsOf(role);
  const flags = readFlags(argv, settings);
  const variables = readEnvironment(environment, settings);
  const fallback = settings.find(({ key }) => key === 'dataDir')?.fallback;
  const dataDir = (flags.given.get('dataDir') ?? variables.given.get('dataDir'))?.value ?? fallback;
  const named = flags.file ?? environment['TERCET_CONFIG'];
  const file = readFile(
    expand(named ?? join(String(dataDir), 'config.json'), home),
    named !== undefined,
    settings,
  );

  const given = new Map([...file.given, ...variables.given, ...flags.given]);
  const problems = [...flags.problems, ...variables.problems, ...file.problems];
  const parsed = schemas[role].safeParse(nest(given));
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path }) => problemOf(path, settings, given));
    throw invalid(role, [...new Set([...problems, ...wrong])]);
  }
  const values = parsed.data;
  const config = {
    ...values,
    role,
    dataDir: expand(values.dataDir, home),
    publicAddress: values.publicAddress ?? values.listen,
    lnd: {
      socket: values.lnd.socket,
      certPath: expand(values.lnd.certPath, home),
      macaroonPath: expand(
        values.lnd.macaroonPath ?? `~/.lnd/data/chain/bitcoin/${LND_FOLDER[values.network]}/admin.macaroon`,
        home,
      ),
    },
  } as Config;
  problems.push(...inconsistencies(config, (key) => given.has(key)));
  if (problems.length > 0) throw invalid(role, problems);
  return config;
}
