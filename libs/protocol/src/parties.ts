/** Which tables one party of a trade runs: the only list that a new engine or shape joins. */
import { dealAgent } from './deal/agent.js';
import { dealMaker } from './deal/maker.js';
import { dealTaker } from './deal/taker.js';
import { claim } from './debts/claim.js';
import { debt } from './debts/debt.js';
import { fiatAgent } from './fiat/agent.js';
import { fiatPayee } from './fiat/payee.js';
import { fiatPayer } from './fiat/payer.js';
import type { TradeData } from './machine/state.js';
import type { Party } from './machine/rest.js';
import type { Machine } from './machine/table.js';
import type { Role, Seat } from './messages/bodies.js';
import { agentHeldAgent } from './shapes/agent-held/agent.js';
import { agentHeldPayee } from './shapes/agent-held/payee.js';
import { agentHeldPayer } from './shapes/agent-held/payer.js';
import { peerHeldAgent } from './shapes/peer-held/agent.js';
import { peerHeldPayee } from './shapes/peer-held/payee.js';
import { peerHeldPayer } from './shapes/peer-held/payer.js';
import type { ShapeName } from './terms/order.js';

const DEALS: Record<Role, Machine> = { maker: dealMaker, taker: dealTaker, agent: dealAgent };
const ENGINES: Record<'fiat', Record<Seat, Machine>> = {
  fiat: { payer: fiatPayer, payee: fiatPayee, agent: fiatAgent },
};
const SHAPE_TABLES: Record<ShapeName, Record<Seat, Machine>> = {
  AGENT_HELD: { payer: agentHeldPayer, payee: agentHeldPayee, agent: agentHeldAgent },
  PEER_HELD: { payer: peerHeldPayer, payee: peerHeldPayee, agent: peerHeldAgent },
};

export const partyOf = (d: Pick<TradeData, 'role' | 'seat' | 'shape'>, engine: 'fiat' = 'fiat'): Party => ({
  deal: DEALS[d.role],
  engine: ENGINES[engine][d.seat],
  escrow: SHAPE_TABLES[d.shape][d.seat],
  debt,
  claim,
});

/** Every table there is, for diagrams, matrix and coverage. */
export const TABLES: readonly Machine[] = [
  ...Object.values(DEALS),
  ...Object.values(ENGINES).flatMap((seats) => Object.values(seats)),
  ...Object.values(SHAPE_TABLES).flatMap((seats) => Object.values(seats)),
  debt,
  claim,
];
