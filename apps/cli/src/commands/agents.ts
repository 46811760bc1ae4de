import type { Command } from 'commander';
import type { Open } from '../context.js';
import { agentsPage } from '../pages/agents.js';

/** `tercet agents`: who could be the escrow, and whether it is ready. */
export const agentsCommand = (program: Command, open: Open): void => {
  program
    .command('agents')
    .description('the agents you trust, their fees, and whether they are ready')
    .option('--refresh', 'ask them again instead of answering from the last 24 hours')
    .action(async ({ refresh = false }: { refresh?: boolean }, command: Command) => {
      const context = open(command);
      const daemon = await context.daemon();
      const answer = await daemon.trade.listAgents({ refresh });
      context.show(answer, () => agentsPage(answer.agents, context.io));
    });
};
