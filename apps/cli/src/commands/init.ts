import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { TercetError } from '@tercet/protocol';
import type { Context, Open } from '../context.js';
import { parseRole, ROLES, type Role } from '../daemon/role.js';
import { usage } from '../errors.js';
import { seedPage, setUpPage } from '../pages/init.js';
import { askSettings } from './init-ask.js';
import { parseAgent, settingsFrom, type InitOptions } from './init-settings.js';
import { provenConfig, readText } from './init-write.js';
import { intoNew } from '../write-new.js';

const chooseRole = async (context: Context, named: string | undefined): Promise<Role> => {
  const given = named ?? context.io.environment['TERCET_ROLE'];
  if (given !== undefined && given !== '')
    return parseRole(given, named === undefined ? 'TERCET_ROLE' : '--role');
  if (context.json || !context.io.interactive) {
    throw usage(
      'It was not said which daemon to set up. Nothing was written.',
      `Add --role ${ROLES.join('|')}.`,
    );
  }
  const answer = await context.io.ask.choose('Which daemon do you set up?', [
    { value: 'maker', label: 'maker', hint: 'you make orders' },
    { value: 'taker', label: 'taker', hint: "you take other people's orders" },
    { value: 'agent', label: 'agent', hint: 'you are the escrow of others' },
  ]);
  return parseRole(answer, 'your answer');
};

const makeSeed = async (
  context: Context,
  path: string,
  wordsFile: string | undefined,
): Promise<{ words?: string[]; seed: 'made' | 'restored' | 'kept' }> => {
  if (existsSync(path)) {
    if (wordsFile === undefined) return { seed: 'kept' };
    throw new TercetError(
      'SEED_EXISTS',
      `There is a seed at ${path} already. It was left as it is: it may hold sats.`,
      {
        wayOut: 'Restore into another --data-dir.',
      },
    );
  }
  const { createSeed, restoreSeed } = await import('@tercet/journal');
  if (wordsFile === undefined) return { seed: 'made', words: (await createSeed(path)).words };
  const text = wordsFile === '-' ? await context.io.stdin() : readText(wordsFile);
  await restoreSeed(path, text.trim().split(/\s+/));
  return { seed: 'restored' };
};

const init = async (context: Context, role: Role, dataDir: string, options: InitOptions): Promise<void> => {
  const { seedPath } = await import('@tercet/daemon');
  const paths = { config: join(dataDir, 'config.json'), seed: seedPath(dataDir) };
  const hasConfig = existsSync(paths.config);
  if (hasConfig && existsSync(paths.seed)) {
    throw new TercetError(
      'SET_UP_ALREADY',
      `The ${role} is set up in ${dataDir} already. Nothing was changed.`,
      {
        wayOut: `Start it, and look with "tercet status --role ${role}". Settings are changed in ${paths.config}.`,
      },
    );
  }
  const asks = !context.json && context.io.interactive && options.input !== false;
  const settings = asks && !hasConfig ? await askSettings(context, role, options) : settingsFrom(options);
  // Proven before there is a seed, whose words are shown only once.
  const config = hasConfig ? undefined : await provenConfig(context.io, role, settings);
  const { seed, words } = await makeSeed(context, paths.seed, options.wordsFile);
  if (words && !context.json) context.io.out(seedPage(words, context.io));
  if (config !== undefined) await intoNew(paths.config, () => Promise.resolve(config));
  context.show({ role, dataDir, config: paths.config, seed: paths.seed, seedIs: seed, words }, () =>
    setUpPage({ role, paths, configKept: hasConfig, seed }),
  );
};

const count = (text: string): number => {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number.');
};

/** `tercet init`: configuration and seed of a daemon. Writes what is missing, and over nothing. */
export const initCommand = (program: Command, open: Open): void => {
  program
    .command('init')
    .description('set up a daemon on this machine: its configuration and its seed')
    .addOption(new Option('--network <network>').choices(['regtest', 'signet', 'testnet', 'bitcoin']))
    .option('--lnd-socket <host:port>', "lnd's gRPC address (default: 127.0.0.1:10009)")
    .option('--lnd-cert <file>', "lnd's certificate (default: ~/.lnd/tls.cert)")
    .option(
      '--lnd-macaroon <file>',
      'a macaroon that may bake others (default: admin.macaroon of the network)',
    )
    .option(
      '--listen <host:port>',
      'where the daemon listens (default: 127.0.0.1, port 10101, 10201 or 10301)',
    )
    .option('--public-address <host:port>', 'where peers reach it (default: the same)')
    .option('--agent <agent...>', 'an agent you trust: KEY@HOST:PORT#FINGERPRINT', parseAgent)
    .option('--allow-mainnet', 'real money; needs the three ceilings below')
    .option('--largest-trade-sat <n>', 'ceiling of one trade', count)
    .option('--open-trades <n>', 'ceiling of trades at one time', count)
    .option('--sats-per-hour <n>', 'ceiling of what leaves the node in an hour', count)
    .option('--words-file <file>', 'restore the seed from its 24 words instead of making one; - is stdin')
    .option('--no-input', 'ask nothing, take the defaults')
    .action(async (options: InitOptions, command: Command) => {
      const named = command.optsWithGlobals<{ role?: string }>().role;
      const first = open(command);
      const role = await chooseRole(first, named);
      command.parent?.setOptionValue('role', role);
      const context = open(command);
      await init(context, role, context.dataDir(), options);
    });
};
