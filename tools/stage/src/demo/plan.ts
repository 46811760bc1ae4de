/** Which trades the demo runs, and the words that select them. */
import { parseArgs } from 'node:util';
import { TercetError } from '@tercet/protocol';
import type { DirectionWord, ShapeWord } from '../stage/trade.js';

export interface DemoTrade {
  engine: 'fiat';
  shape: ShapeWord;
  direction: DirectionWord;
}

const SHAPES: readonly ShapeWord[] = ['AGENT_HELD', 'PEER_HELD'];
const DIRECTIONS: readonly DirectionWord[] = ['maker-sells', 'maker-buys'];

const ALL_TRADES: readonly DemoTrade[] = SHAPES.flatMap((shape) =>
  DIRECTIONS.map((direction) => ({ engine: 'fiat' as const, shape, direction })),
);

const nameOf = (t: DemoTrade): string => `${t.engine}/${t.shape}/${t.direction}`;

const wrong = (what: string): TercetError =>
  new TercetError('DEMO_OPTIONS', what, {
    wayOut: 'It is: npm run demo -- [--json] [--only fiat/PEER_HELD]',
  });

/** `fiat`, `fiat/PEER_HELD` or `fiat/PEER_HELD/maker-sells`. @throws DEMO_OPTIONS where nothing fits. */
export function select(only: string | undefined): DemoTrade[] {
  const chosen = ALL_TRADES.filter((t) => only === undefined || `${nameOf(t)}/`.startsWith(`${only}/`));
  if (chosen.length > 0) return chosen;
  throw wrong(`--only ${only ?? ''} fits no trade; there are: ${ALL_TRADES.map(nameOf).join(', ')}.`);
}

/** What was typed: which trades, and whether for a program. @throws DEMO_OPTIONS */
export function readOptions(args: string[]): { json: boolean; trades: DemoTrade[] } {
  try {
    const { values } = parseArgs({
      args,
      options: { json: { type: 'boolean', default: false }, only: { type: 'string' } },
    });
    return { json: values.json, trades: select(values.only) };
  } catch (error) {
    throw error instanceof TercetError
      ? error
      : wrong(error instanceof Error ? error.message : String(error));
  }
}
