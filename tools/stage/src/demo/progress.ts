/** Live progress: each daemon's own stream of changes, one line a step. */
import { rpc } from '@tercet/protocol';
import { PARTIES } from '../stage/layout.js';
import type { Stage } from '../stage/stage.js';

/** Follows all three daemons until the signal aborts. */
export function followAll(stage: Stage, signal: AbortSignal, print: (line: string) => void): Promise<void>[] {
  return PARTIES.map(async (party) => {
    const client = await stage.daemons[party].client(rpc.TradeServiceDefinition);
    const shown = new Map<string, string>();
    try {
      for await (const { trade } of client.watchTrades({ tradeId: '', cursor: '' }, { signal })) {
        if (!trade) continue;
        const { deal, engine, escrow } = trade.states;
        const text = `deal ${deal ?? ''}, trade ${engine ?? ''}, escrow ${escrow ?? ''}`;
        if (shown.get(trade.tradeId) === text) continue;
        shown.set(trade.tradeId, text);
        print(`    ${party.padEnd(6)} ${text}`);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  });
}
