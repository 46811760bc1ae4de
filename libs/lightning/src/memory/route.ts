/** How a payment goes from one node of the in-memory network to another. */
import { TercetError, above, blocks, msat, type Blocks, type Msat, type Preimage } from '@tercet/protocol';
import type { DecodedInvoice, HeldHtlc, PayRequest, PaymentFailure, SentHtlc } from '../port.js';
import type { RouteSettings } from './route-settings.js';
import type { HtlcSet } from './transit.js';
import type { RoutedNode, World } from './world.js';

export interface Route {
  feeMsat: Msat;
  /** From the tip to the payee's HTLC. */
  finalBlocks: Blocks;
  /** From the tip to the payer's own. */
  totalBlocks: Blocks;
}

export const routeOf = (
  settings: RouteSettings,
  payer: Pick<RoutedNode, 'paddingBlocks'>,
  { finalCltv, amountMsat }: { finalCltv: Blocks; amountMsat: Msat },
): Route => {
  const finalBlocks = blocks(finalCltv + payer.paddingBlocks);
  const feePerHop = settings.feePerHopMsat + (amountMsat * settings.feePpmPerHop) / 1_000_000n;
  return {
    feeMsat: msat(BigInt(settings.hops) * feePerHop),
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
  const { finalBlocks } = routeOf(world.settings, payer, { ...request, finalCltv: invoice.finalCltv });
  if (request.cltvLimit <= finalBlocks) throw refused('the CLTV limit leaves no room for the final CLTV');
};

/** Sends the HTLCs of a payment. Gives back why none went out, else undefined: it is in flight, or already over. */
export const send = (
  payer: RoutedNode,
  host: RoutedNode | undefined,
  request: PayRequest,
  finalCltv: Blocks,
  world: World,
): PaymentFailure | undefined => {
  const route = routeOf(world.routes, payer, { ...request, finalCltv });
  if (!host || host.faults.down || world.isCut(payer, host)) return 'NO_ROUTE';
  if (route.totalBlocks > request.cltvLimit || route.feeMsat > request.maxFeeMsat) return 'NO_ROUTE';
  const parts = world.routes.split(request.amountMsat).map(msat);
  const amountMsat = msat(parts.reduce<bigint>((sum, part) => sum + part, 0n));
  if (payer.balanceMsat < amountMsat + route.feeMsat) return 'INSUFFICIENT_BALANCE';
  const set: HtlcSet = {
    hash: request.hash,
    payer: payer.nodeId,
    host: host.nodeId,
    amountMsat,
    feeMsat: route.feeMsat,
    lastHopExpiry: above(payer.height, route.finalBlocks),
    firstHopExpiry: above(payer.height, route.totalBlocks),
  };
  new Sent(payer, host, set, world).leave(parts);
  return undefined;
};

/** A payment under way. What its payer's node hears first of its end stands. */
class Sent {
  #heard = false;

  constructor(
    private readonly payer: RoutedNode,
    private readonly host: RoutedNode,
    private readonly set: HtlcSet,
    private readonly world: World,
  ) {}

  leave(parts: readonly Msat[]): void {
    const { set, payer } = this;
    payer.balanceMsat -= this.#leaves;
    const htlcs = parts.map((part, index): SentHtlc => ({
      amountMsat: part,
      feeMsat: index === 0 ? set.feeMsat : msat(0n),
      lastHopExpiry: set.lastHopExpiry,
      firstHopExpiry: set.firstHopExpiry,
      state: 'inFlight',
    }));
    payer.payments.set(set.hash, { state: 'inFlight', htlcs });
    this.world.transit.forth(set, {
      arrive: () => this.#arrive(parts),
      fail: (reason) => this.#failed(reason),
      take: (preimage) => this.#paid(preimage),
    });
  }

  get #leaves(): bigint {
    return this.set.amountMsat + this.set.feeMsat;
  }

  #arrive(parts: readonly Msat[]): void {
    const { host, set, world } = this;
    const held = parts.map((part): HeldHtlc => ({
      amountMsat: part,
      acceptHeight: host.height,
      expiryHeight: set.lastHopExpiry,
      channelId: host.channelId,
      state: 'held',
    }));
    const accepted = host.invoices.accept(set.hash, held, host.height, world.nowMs(), {
      paid: (preimage) => {
        host.balanceMsat += set.amountMsat;
        world.routedMsat -= set.amountMsat;
        world.transit.back(set, 'settled', () => this.#paid(preimage));
      },
      failed: () => world.transit.back(set, 'failed', () => this.#failed('REJECTED_BY_DESTINATION')),
    });
    if (!accepted) world.transit.back(set, 'failed', () => this.#failed('REJECTED_BY_DESTINATION'));
  }

  #paid(preimage: Preimage): void {
    if (this.#heard) return;
    this.#heard = true;
    const { amountMsat, feeMsat, hash } = this.set;
    this.world.routedMsat += this.#leaves;
    this.payer.payments.set(hash, { state: 'paid', preimage, amountMsat, feeMsat });
  }

  #failed(reason: PaymentFailure): void {
    if (this.#heard) return;
    this.#heard = true;
    this.payer.balanceMsat += this.#leaves;
    this.payer.payments.set(this.set.hash, { state: 'failed', reason });
  }
}
