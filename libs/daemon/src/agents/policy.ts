import type { AgentPolicy, Contact, NodeId, PublicKey } from '@tercet/protocol';
import { blocks, HOLD_EXPIRY_DELTA, sat, SHAPES, smallestPrice } from '@tercet/protocol';
import type { AgentConfig } from '../config/index.js';

/** What an agent offers: its configuration, who it is, and the constants of the protocol. */
export function agentPolicyOf(
  config: Pick<
    AgentConfig,
    'network' | 'fees' | 'smallestPriceSat' | 'feeRateSatPerVb' | 'leaseBlocks' | 'ceilings'
  >,
  who: { key: PublicKey; node: NodeId; contact: Contact },
): AgentPolicy {
  const configured = sat(config.smallestPriceSat);
  const eaten = smallestPrice(config.feeRateSatPerVb);
  return {
    version: 1,
    network: config.network,
    agentKey: who.key,
    node: who.node,
    contact: who.contact,
    shapes: [...SHAPES],
    fees: {
      retainBaseMsat: sat(config.fees.retainBaseSat),
      retainPpmPer1000Blocks: config.fees.retainPpmPer1000Blocks,
      successPpm: config.fees.successPpm,
    },
    // Below what a force close eats no price is safe, whatever is configured (section 5).
    smallestPriceMsat: configured > eaten ? configured : eaten,
    largestPriceMsat: sat(config.ceilings.largestTradeSat),
    leaseBlocks: blocks(config.leaseBlocks),
    holdExpiryDelta: HOLD_EXPIRY_DELTA,
  };
}
