/** The tables that one party of a trade runs, and when its trade is over. */
import { isLive } from './ledger.js';
import type { MachineName, TradeState } from './state.js';
import type { Machine } from './table.js';

export type Party = Record<MachineName, Machine>;

/** S9: over only when every machine is at rest and none of its holds, invoices or payments is open. */
export const isTerminal = (party: Party, s: TradeState): boolean =>
  atRest(party, s.machines) && !s.data.ledger.some((entry) => isLive(entry));

/** An engine or escrow that never began is at rest once the deal is. */
export function atRest(party: Party, machines: Record<MachineName, string>): boolean {
  const ended = (name: MachineName) => party[name].states[machines[name]]?.at !== 'work';
  const endedOrIdle = (name: MachineName) => ended(name) || machines[name] === party[name].initial;
  return ended('deal') && endedOrIdle('engine') && endedOrIdle('escrow') && ended('debt') && ended('claim');
}
