import type { Command } from 'commander';
import type { Open } from '../context.js';
import { statusPage } from '../pages/status.js';

/** `tercet status`: what the daemon says of itself, its node and its chain. */
export const statusCommand = (program: Command, open: Open): void => {
  program
    .command('status')
    .description('the daemon, its Lightning node, and what is not as it should be')
    .action(async (_options: object, command: Command) => {
      const context = open(command);
      const daemon = await context.daemon();
      const status = await daemon.status.getStatus({});
      context.show(status, () => statusPage(status, context.io));
    });
};
