/** How a payment goes from one node of the in-memory network to another. */
import { TercetError, above, blocks, msat, type Blocks, type Height, type Msat } from '@tercet/protocol';
import type { DecodedInvoice, HeldHtlc, PayRequest, PaymentFailure, SentHtlc } from '../port.js';
import type { RouteSettings } from './route-settings.js';
import type { RoutedNode } from './world.js';

export interface Route {
  feeMsat: Msat;
  /** From the tip to the payee's HTLC. */
  finalBlocks: Blocks;
  /** From the tip to the payer's own. */
  totalBlocks: Blocks;
}

export const routeOf = (settings: RouteSettings, finalCltv: Blocks): Route => {
  const finalBlocks = blocks(finalCltv + settings.payerPadding);
  return {
    feeMsat: msat(BigInt(settings.hops) * settings.feePerHopMsat),
    finalBlocks,
    totalBlocks: blocks(finalBlocks + settings.hops * settings.blocksPerHop),
  };
};

const refused = (reason: string): TercetError =>
  new TercetError('PAYMENT_REFUSED', `The payment wasn't started: ${reason}. Nothing left our node.`, {
    wayOut: 'Ask for an invoice and limits that fit, or try again.',
  });

/** What the node checks before it stores a payment. Throws PAYMENT_REFUSED. */
export const assertPayable = (
  payer: RoutedNode,
  invoice: DecodedInvoice,
  request: PayRequest,
  world: { settings: RouteSettings; nowMs: number },
): void => {
  if (invoice.hash !== request.hash) throw refused('the invoice has another payment hash');
  if (invoice.amountMsat !== request.amountMsat) throw refused('the invoice asks for another amount');
  if (invoice.unknownRequiredFeature) throw refused('the invoice needs a feature our node lacks');
  if (invoice.expiresAtMs <= world.nowMs) throw refused('the invoice has expired');
  if (invoice.payee === payer.nodeId) throw refused('self-payments not allowed');
  if (request.cltvLimit <= routeOf(world.settings, invoice.finalCltv).finalBlocks)
    throw refused('the CLTV limit leaves no room for the final CLTV');
};

/** Sends the HTLCs of a payment. Gives back why none went out, else undefined: it is in flight, or already over. */
export const send = (
  payer: RoutedNode,
  host: RoutedNode | undefined,
  request: PayRequest,
  finalCltv: Blocks,
  world: { settings: RouteSettings; height: Height; nowMs: number; isCut: boolean },
): PaymentFailure | undefined => {
  const { settings, height } = world;
  const route = routeOf(settings, finalCltv);
  if (!host || host.faults.down || world.isCut) return 'NO_ROUTE';
  if (route.totalBlocks > request.cltvLimit || route.feeMsat > request.maxFeeMsat) return 'NO_ROUTE';
  const parts = settings.split(request.amountMsat).map(msat);
  const amountMsat = msat(parts.reduce<bigint>((sum, part) => sum + part, 0n));
  const leaves = amountMsat + route.feeMsat;
  if (payer.balanceMsat < leaves) return 'INSUFFICIENT_BALANCE';

  const lastHopExpiry = above(height, route.finalBlocks);
  const sent = parts.map((part, index): SentHtlc => ({
    amountMsat: part,
    feeMsat: index === 0 ? route.feeMsat : msat(0n),
    lastHopExpiry,
    firstHopExpiry: above(height, route.totalBlocks),
    state: 'inFlight',
  }));
  const held = parts.map((part): HeldHtlc => ({
    amountMsat: part,
    acceptHeight: height,
    expiryHeight: lastHopExpiry,
    channelId: host.channelId,
    state: 'held',
  }));
  payer.balanceMsat -= leaves;
  payer.payments.set(request.hash, { state: 'inFlight', htlcs: sent });
  const accepted = host.invoices.accept(request.hash, held, height, world.nowMs, {
    paid: (preimage) => {
      host.balanceMsat += amountMsat;
      payer.payments.set(request.hash, { state: 'paid', preimage, amountMsat, feeMsat: route.feeMsat });
    },
    failed: () => {
      payer.balanceMsat += leaves;
      payer.payments.set(request.hash, { state: 'failed', reason: 'REJECTED_BY_DESTINATION' });
    },
  });
  if (accepted) return undefined;
  payer.balanceMsat += leaves;
  return 'REJECTED_BY_DESTINATION';
};
