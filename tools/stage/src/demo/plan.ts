/** Which trades the demo runs, and the words that select them. */
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

/** `fiat`, `fiat/PEER_HELD` or `fiat/PEER_HELD/maker-sells`. Throws where nothing fits. */
export function select(only: string | undefined): DemoTrade[] {
  const chosen = ALL_TRADES.filter((t) => only === undefined || `${nameOf(t)}/`.startsWith(`${only}/`));
  if (chosen.length > 0) return chosen;
  throw new Error(`--only ${only ?? ''} fits no trade; there are: ${ALL_TRADES.map(nameOf).join(', ')}`);
}
