import type { Command } from 'commander';
import type { Open } from '../context.js';
import { grouped } from '../format/amount.js';
import { intoNew } from '../write-new.js';
import { findTrade } from './find-trade.js';

/** `tercet evidence ID`: everything signed in a trade. */
export const evidenceCommand = (program: Command, open: Open): void => {
  program
    .command('evidence')
    .description('everything signed in a trade, to show to an arbiter or a court')
    .argument('<id>', 'id of the trade, or its first digits')
    .option('--out <file>', 'write it to a new file, which only you can read (default: stdout)')
    .action(async (id: string, { out }: { out?: string }, command: Command) => {
      const context = open(command);
      const { tradeId } = await findTrade(context, id);
      const daemon = await context.daemon();
      const { evidenceJson } = await daemon.trade.getEvidence({ tradeId });
      if (out === undefined) {
        // It is JSON already, and its bytes are what was signed.
        context.io.out(new TextDecoder().decode(evidenceJson));
        return;
      }
      await intoNew(out, () => Promise.resolve(evidenceJson));
      context.show({ tradeId, file: out, bytes: evidenceJson.length }, () =>
        [
          `Evidence of trade ${tradeId} is in ${out} (${grouped(evidenceJson.length)} bytes).`,
          'It holds what both sides signed, private details included: show it only to who has to decide.',
        ].join('\n'),
      );
    });
};
