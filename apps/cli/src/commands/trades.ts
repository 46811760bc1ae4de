import type { Command } from 'commander';
import type { Open } from '../context.js';
import { tradesPage } from '../pages/trades.js';
import { wholeTrades } from './whole-lists.js';

/** `tercet trades`: one line per trade. */
export const tradesCommand = (program: Command, open: Open): void => {
  program
    .command('trades')
    .description('your trades: where the sats are, and what you can do')
    .option('--all', 'ended ones too')
    .action(async ({ all = false }: { all?: boolean }, command: Command) => {
      const context = open(command);
      const daemon = await context.daemon();
      const trades = await wholeTrades(daemon, all);
      context.show({ trades }, () => tradesPage(trades, all));
    });
};
