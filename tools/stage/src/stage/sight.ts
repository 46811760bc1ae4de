/** How a driver sees the trades of a daemon: asked again and again, or told of each change. */
import { rpc, TercetError } from '@tercet/protocol';
import type { PartyName } from './layout.js';
import type { Cast } from './reachable.js';
import { untilTrue } from './wait.js';

export type TradeCondition = (trade: rpc.Trade) => boolean;

/** Where a driver looks; it waits, at most for `PATIENCE_MS`. */
export interface Sight {
  /** The trade once the condition holds. Throws, naming what was awaited and what was last seen. */
  until(party: PartyName, tradeId: string, what: string, condition: TradeCondition): Promise<rpc.Trade>;
}

export const PATIENCE_MS = 60_000;
const ASK_EVERY_MS = 25;

/** The trade as the party's daemon shows it; undefined where it knows none of that id. */
export async function viewOf(
  stage: Pick<Cast, 'daemons'>,
  party: PartyName,
  tradeId: string,
): Promise<rpc.Trade | undefined> {
  const client = await stage.daemons[party].client(rpc.TradeServiceDefinition);
  try {
    return (await client.getTrade({ tradeId })).trade;
  } catch (error) {
    if (error instanceof TercetError && error.code === 'TRADE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Asks a daemon again and again: it may be gone and come back meanwhile. */
export const asking = (stage: Pick<Cast, 'daemons'>): Sight => ({
  async until(party, tradeId, what, condition) {
    let last: rpc.Trade | undefined;
    const holds = async () => {
      last = await viewOf(stage, party, tradeId);
      return last !== undefined && condition(last);
    };
    await untilTrue(`${what} (${tradeId.slice(0, 8)} at the ${party})`, holds, {
      deadlineMs: PATIENCE_MS,
      everyMs: ASK_EVERY_MS,
    });
    if (!last) throw new Error('unreachable: the condition held');
    return last;
  },
});
