import type { LightningNode } from '@tercet/lightning';
import type { Blocks, Msat, NodeId } from '@tercet/protocol';
import { blocks, feeLimitMsat, msat, ROUTE_ALLOWANCE } from '@tercet/protocol';

/** Whether a hold of that length would find a route to a node now: PEER_HELD is the default only then (protocol.md section 2). */
export const canReach =
  (lightning: Pick<LightningNode, 'probe'>) =>
  async (destination: NodeId, amountMsat: Msat, finalCltv: Blocks): Promise<boolean> => {
    const route = await lightning.probe({
      destination,
      amountMsat,
      finalCltv,
      maxFeeMsat: msat(feeLimitMsat(amountMsat)),
      cltvLimit: blocks(finalCltv + ROUTE_ALLOWANCE),
    });
    return route !== undefined;
  };
