import type { Command } from 'commander';
import type { Open } from '../context.js';
import { showMsat } from '../format/amount.js';
import { showFiat } from '../format/fiat.js';
import { tradePage } from '../pages/trade.js';
import { findTrade, present } from './find-trade.js';

/** `tercet release ID`: the seller says that the fiat has arrived. */
export const releaseCommand = (program: Command, open: Open): void => {
  program
    .command('release')
    .description('say that the fiat has arrived: the sats go to the buyer')
    .argument('<id>', 'id of the trade, or its first digits')
    .option('--yes', 'do not ask')
    .action(async (id: string, { yes = false }: { yes?: boolean }, command: Command) => {
      const context = open(command);
      const trade = await findTrade(context, id);
      const [price, fiat] = [showMsat(trade.terms?.priceMsat ?? 0n), showFiat(trade.terms?.fiat)];
      await context.agree(
        `Have the ${fiat} arrived on your account? Releasing gives the buyer ${price}, and can't be undone. Release?`,
        yes,
      );
      const daemon = await context.daemon();
      const answer = await daemon.trade.release({ tradeId: trade.tradeId });
      context.show(answer, () => tradePage(present(answer.trade), context.io));
    });
};
