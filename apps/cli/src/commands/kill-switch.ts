import type { Command } from 'commander';
import type { Open } from '../context.js';
import { resumedPage, stoppedPage } from '../pages/kill-switch.js';

/** `tercet stop-trading`: the kill switch. Never asks: whoever needs it is in a hurry. */
export const stopTradingCommand = (program: Command, open: Open): void => {
  program
    .command('stop-trading')
    .description('kill switch: no new trades and no payouts; refunds, cancels, claims and settles go on')
    .requiredOption('--reason <text>', 'why; shown by "tercet status"')
    .action(async ({ reason }: { reason: string }, command: Command) => {
      const context = open(command, { token: 'admin' });
      const daemon = await context.daemon();
      const answer = await daemon.operator.stopTrading({ reason });
      context.show(answer, () => stoppedPage(answer, context.io));
    });
};

/** `tercet resume`: what was held up goes on. */
export const resumeCommand = (program: Command, open: Open): void => {
  program
    .command('resume')
    .description('take trading up again; payments that waited go out')
    .option('--reason <text>', 'why; recorded')
    .action(async ({ reason = '' }: { reason?: string }, command: Command) => {
      const context = open(command, { token: 'admin' });
      const daemon = await context.daemon();
      const answer = await daemon.operator.resumeTrading({ reason });
      context.show(answer, () => resumedPage(answer));
    });
};
