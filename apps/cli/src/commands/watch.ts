import type { Command } from 'commander';
import type { Context, Open } from '../context.js';
import { ofOwnDaemon, isPassing } from '../daemon/reach.js';
import { toJson } from '../format/json.js';
import { changeLine } from '../pages/change.js';
import { findTrade } from './find-trade.js';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Streams until the watched trade is over; all trades, until the process is ended. A lost connection is resumed after the last
 * cursor that was shown, so that nothing is missed and nothing is shown twice. One that never stood is an error.
 */
const watch = async (context: Context, tradeId: string): Promise<void> => {
  const { io, json } = context;
  const daemon = await context.daemon();
  let cursor = '';
  let failures = 0;
  for (;;) {
    try {
      for await (const answer of daemon.trade.watchTrades({ tradeId, cursor })) {
        cursor = answer.cursor;
        failures = 0;
        io.out(json ? toJson(answer) : changeLine(answer));
        if (tradeId !== '' && answer.trade?.ended === true) return;
      }
      // Ended in good order by the daemon: as when it shuts down.
    } catch (thrown) {
      const error = ofOwnDaemon(thrown, daemon.address);
      if (cursor === '' || !isPassing(error)) throw error;
    }
    if (failures === 0) io.err('The connection to the daemon is gone. Trying again; nothing will be missed.');
    await io.pause(Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS));
    failures += 1;
  }
};

/** `tercet watch [ID]`: every change as it happens. */
export const watchCommand = (program: Command, open: Open): void => {
  program
    .command('watch')
    .description('every change as it happens; of one trade, until it is over')
    .argument('[id]', 'id of a trade, or its first digits (default: all trades)')
    .action(async (id: string | undefined, _options: object, command: Command) => {
      const context = open(command);
      await watch(context, id === undefined ? '' : (await findTrade(context, id)).tradeId);
    });
};
