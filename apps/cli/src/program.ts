import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { agentsCommand } from './commands/agents.js';
import { cancelCommand } from './commands/cancel.js';
import { evidenceCommand } from './commands/evidence.js';
import { initCommand } from './commands/init.js';
import { resumeCommand, stopTradingCommand } from './commands/kill-switch.js';
import { offerCommand, offersCommand } from './commands/offer.js';
import { payoutsCommand } from './commands/payouts.js';
import { releaseCommand } from './commands/release.js';
import { sentCommand } from './commands/sent.js';
import { statusCommand } from './commands/status.js';
import { takeCommand } from './commands/take.js';
import { tradeCommand } from './commands/trade.js';
import { tradesCommand } from './commands/trades.js';
import { watchCommand } from './commands/watch.js';
import { createContext, type Context, type Open } from './context.js';
import { openDaemon } from './daemon/connect.js';
import type { Daemon, Target } from './daemon/daemon.js';
import type { GlobalOptions } from './daemon/place.js';
import { ofOwnDaemon } from './daemon/reach.js';
import { asTercetError, errorText, usage } from './errors.js';
import { EXIT, exitCodeHelp, exitCodeOf, type ExitCode } from './exit-codes.js';
import type { Io } from './io.js';

const seconds = (text: string): number => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 3600) throw new InvalidArgumentError('Seconds, 1 to 3600.');
  return value;
};

const ABOUT = `Trade for bitcoin over Lightning, with an escrow agent that both sides chose.
One command line for the three daemons: maker, taker and agent.`;

const FOOT = `
A trade, as a maker:  tercet init, tercet offer sell 100000 95.00 EUR --method "SEPA instant", hand the order over
           as a taker:  tercet init, tercet take FILE, tercet trade ID, tercet sent ID
Ids may be shortened to their first digits. Amounts are satoshi; a remainder is shown in millisatoshi.
--json prints the daemon's answer (proto/tercet/v1) as one document, amounts as decimal strings; errors go to stderr as
{"error":{"code","message","wayOut"}}.

Environment: TERCET_ROLE, TERCET_DATA_DIR, NO_COLOR.

${exitCodeHelp()}`;

const build = (open: Open, io: Io, json: boolean): Command => {
  const program = new Command('tercet')
    .description(ABOUT)
    .option('--role <role>', 'which daemon: maker, taker or agent (default: the one that is set up here)')
    .option('--data-dir <folder>', "the daemon's folder (default: ~/.tercet/ROLE)")
    .option('--address <host:port>', 'where the daemon listens (default: from its configuration)')
    .option('--cert-file <file>', "the daemon's certificate (default: tls.cert in its folder)")
    .option(
      '--token-file <file>',
      'what lets you in (default: tokens/trade.token in its folder; what stops or resolves needs tokens/admin.token)',
    )
    .option('--json', 'answers and errors as JSON')
    .option('--timeout <seconds>', 'longest wait for an answer (default: 60)', seconds)
    .helpCommand(false)
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      // Errors are said in our own words; the help that a lone "tercet" gets is not an error's text.
      writeErr: (text) => {
        if (text.startsWith('Usage:') && !json) io.err(text.trimEnd());
      },
      getOutHelpWidth: () => io.width,
    })
    .exitOverride()
    .addHelpText('after', FOOT);
  for (const register of [
    initCommand,
    statusCommand,
    agentsCommand,
    offerCommand,
    offersCommand,
    takeCommand,
    tradesCommand,
    tradeCommand,
    sentCommand,
    releaseCommand,
    cancelCommand,
    watchCommand,
    evidenceCommand,
    payoutsCommand,
    stopTradingCommand,
    resumeCommand,
  ]) {
    register(program, open);
  }
  return program;
};

/** Commander's own refusals, in our words. Undefined: it was a help that has been shown. */
const fromCommander = (error: CommanderError): Error | undefined => {
  if (error.exitCode === 0) return undefined;
  const what =
    error.code === 'commander.help' ? 'no command was given' : error.message.replace(/^error: /, '');
  return usage(
    `${what.charAt(0).toUpperCase()}${what.slice(1).replace(/\.$/, '')}. Nothing was sent.`.replace(
      /\n/g,
      ' ',
    ),
    'See "tercet --help", or "tercet COMMAND --help".',
  );
};

/**
 * Runs one command line and says how it ended.
 * @param argv without program and script.
 * @param connect opens a daemon; tests bring their own.
 */
export const runCli = async (
  argv: readonly string[],
  io: Io,
  connect: (target: Target) => Promise<Daemon> = openDaemon,
): Promise<ExitCode> => {
  const json = argv.includes('--json');
  let context: Context | undefined;
  let address = '';
  const open: Open = (command, needs) =>
    (context = createContext({
      io,
      needs,
      options: command.optsWithGlobals<GlobalOptions>(),
      open: (target) => {
        address = target.address;
        return connect(target);
      },
    }));
  try {
    await build(open, io, json).parseAsync(argv, { from: 'user' });
    return EXIT.ok;
  } catch (thrown) {
    const known = thrown instanceof CommanderError ? fromCommander(thrown) : thrown;
    if (known === undefined) return EXIT.ok;
    const error = asTercetError(ofOwnDaemon(known, address));
    io.err(errorText(error, json));
    return exitCodeOf(error);
  } finally {
    context?.close();
  }
};
