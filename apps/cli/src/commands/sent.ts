import type { Command } from 'commander';
import type { Open } from '../context.js';
import { tradePage } from '../pages/trade.js';
import { findTrade, present } from './find-trade.js';

/** `tercet sent ID`: the buyer says that the fiat is on its way. */
export const sentCommand = (program: Command, open: Open): void => {
  program
    .command('sent')
    .description('say that you have sent the fiat')
    .argument('<id>', 'id of the trade, or its first digits')
    .action(async (id: string, _options: object, command: Command) => {
      const context = open(command);
      const { tradeId } = await findTrade(context, id);
      const daemon = await context.daemon();
      const answer = await daemon.trade.confirmSent({ tradeId });
      context.show(answer, () => tradePage(present(answer.trade), context.io));
    });
};
