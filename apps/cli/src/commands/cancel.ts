import type { Command } from 'commander';
import { hasCode, type rpc } from '@tercet/protocol';
import type { Context, Open } from '../context.js';
import { plain } from '../format/plain.js';
import { tradePage } from '../pages/trade.js';
import { findTrade, present } from './find-trade.js';

const cancel = async (context: Context, tradeId: string, confirm: boolean): Promise<rpc.CancelResponse> => {
  const daemon = await context.daemon();
  try {
    return await daemon.trade.cancel({ tradeId, confirm });
  } catch (error) {
    // The rule is the daemon's; whoever sits here can answer at once instead of typing it again.
    if (confirm || !hasCode(error, 'CONFIRM_LOSS') || context.json || !context.io.interactive) throw error;
    await context.agree(`${plain(error.message)} Cancel all the same?`, false);
    return daemon.trade.cancel({ tradeId, confirm: true });
  }
};

/** `tercet cancel ID`: ends a trade early, where the rules let this side do so. */
export const cancelCommand = (program: Command, open: Open): void => {
  program
    .command('cancel')
    .description('end a trade early')
    .argument('<id>', 'id of the trade, or its first digits')
    .option('--confirm-loss', 'also when you said that you sent the fiat: what you paid is your loss')
    .action(async (id: string, { confirmLoss = false }: { confirmLoss?: boolean }, command: Command) => {
      const context = open(command);
      const { tradeId } = await findTrade(context, id);
      const answer = await cancel(context, tradeId, confirmLoss);
      context.show(answer, () => tradePage(present(answer.trade), context.io));
    });
};
