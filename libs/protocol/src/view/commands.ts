/** What a person can do now, read from the tables (D7, C14): never remembered, so it can't be stale. */
import { TercetError } from '../error.js';
import type { At, CommandKind, Fact } from '../machine/facts.js';
import { COMMANDS } from '../machine/facts.js';
import type { TradeState } from '../machine/state.js';
import { rowForCommand } from '../machine/step.js';
import type { Context } from '../machine/table.js';
import { partyOf } from '../parties.js';
import { unixMs } from '../units.js';

/** Commands a person gives to a trade that runs; `cmdTake` starts one and needs more than a word. */
export type TradeCommand = Exclude<CommandKind, 'cmdTake'>;

const locked = (): never => {
  throw new TercetError('NO_KEYS_HERE', 'A question was asked that needs the keys of the trade.', {
    wayOut: 'This is a fault of the program: a command is judged by state and height alone.',
  });
};
/** Guards of commands look at state and height alone. */
const WITHOUT_KEYS: Context = {
  keys: {
    get publicKey(): never {
      return locked();
    },
    sign: locked,
    preimage: locked,
    paymentHash: locked,
    seal: locked,
    openSeal: locked,
  },
};

/** Heights decide; no command hangs on the clock. */
const factOf = (
  kind: TradeCommand,
  { height }: Pick<At, 'height'>,
  confirmed: boolean,
): Fact<TradeCommand> => {
  const at: At = { height, timeMs: unixMs(0) };
  return kind === 'cmdCancel' ? { kind, at, confirmed } : { kind, at };
};

const goesThrough = (s: TradeState, fact: Fact<TradeCommand>): boolean => {
  const row = rowForCommand(partyOf(s.data), s, fact, WITHOUT_KEYS);
  return row !== undefined && row.refuse === undefined;
};

/** Commands that would be taken now: a row that doesn't refuse has all its guards fulfilled. */
export const commandsNow = (s: TradeState, at: Pick<At, 'height'>): TradeCommand[] =>
  COMMANDS.filter((kind) => kind !== 'cmdTake').filter((kind) => goesThrough(s, factOf(kind, at, true)));

/** Whether cancelling now costs the caller its own performance, so that it has to be confirmed (protocol.md section 3). */
export const cancelNeedsConfirmation = (s: TradeState, at: Pick<At, 'height'>): boolean =>
  goesThrough(s, factOf('cmdCancel', at, true)) && !goesThrough(s, factOf('cmdCancel', at, false));
