/** Shorthand of the table tests: trades taken to a named point. Test code only. */
import type { ShapeName } from '../terms/order.js';
import type { Setup } from './three-parties.js';
import { ThreeParties } from './three-parties.js';

/** All have signed, the hold is locked, the agent has acknowledged: the payee may send fiat. */
export function performing(side: 'sell' | 'buy', shape: ShapeName, setup: Setup = {}): ThreeParties {
  const trade = new ThreeParties(side, shape, setup);
  trade.take();
  trade.settle();
  if (setup.externalWallet?.includes(trade.payer)) {
    trade.payElsewhere();
    trade.settle();
  }
  return trade;
}

/** All have signed; nobody has paid the hold yet. */
export function beforePayment(side: 'sell' | 'buy', shape: ShapeName): ThreeParties {
  const trade = new ThreeParties(side, shape);
  trade.take();
  trade.settle((_, effect) => effect.kind === 'pay' && effect.purpose === 'escrow');
  return trade;
}

/** Locked, and the payee's request to perform is still on its way to the agent. */
export function beforeAck(side: 'sell' | 'buy', shape: ShapeName): ThreeParties {
  const trade = new ThreeParties(side, shape);
  trade.take();
  trade.settle((_, effect) => effect.kind === 'send' && effect.body.type === 'performing');
  return trade;
}

export function fiatSent(side: 'sell' | 'buy', shape: ShapeName, setup: Setup = {}): ThreeParties {
  const trade = performing(side, shape, setup);
  trade.command(trade.payee, 'cmdSent');
  trade.settle();
  return trade;
}

export const SIDES_AND_SHAPES = [
  ['sell', 'AGENT_HELD'],
  ['buy', 'AGENT_HELD'],
  ['sell', 'PEER_HELD'],
  ['buy', 'PEER_HELD'],
] as const;
