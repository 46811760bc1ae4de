import type { Command } from 'commander';
import type { Open } from '../context.js';
import { invoicePicture } from '../format/qr.js';
import { tradePage } from '../pages/trade.js';
import { findTrade } from './find-trade.js';

/** `tercet trade ID`: where are my sats, until which height, what can I do. */
export const tradeCommand = (program: Command, open: Open): void => {
  program
    .command('trade')
    .description('one trade: where are my sats, until which height, what can I do')
    .argument('<id>', 'id of the trade, or its first digits')
    .action(async (id: string, _options: object, command: Command) => {
      const context = open(command);
      const trade = await findTrade(context, id);
      const qr =
        context.json || trade.paymentRequest === ''
          ? ''
          : await invoicePicture(trade.paymentRequest, context.io.colour);
      context.show({ trade }, () => tradePage(trade, context.io, qr));
    });
};
