/** What the nodes of an in-memory network know of each other and of the chain. */
import type { Height, Network, NodeId } from '@tercet/protocol';
import type { Tip } from '../port.js';
import type { Faults } from './faults.js';
import type { InvoiceBook } from './invoice-book.js';
import type { PaymentBook } from './payment-book.js';
import type { RouteSettings } from './route-settings.js';
import type { Transit } from './transit.js';

/** A node as the others see it. */
export interface RoutedNode {
  readonly nodeId: NodeId;
  readonly channelId: string;
  readonly invoices: InvoiceBook;
  readonly payments: PaymentBook;
  readonly faults: Faults;
  balanceMsat: bigint;
  /** Blocks that it adds to the final CLTV of what it pays. */
  readonly paddingBlocks: number;
  /** The chain as far as this node knows it. */
  readonly height: Height;
}

export interface World {
  readonly network: Network;
  readonly routes: RouteSettings;
  readonly height: Height;
  readonly tip: Tip;
  readonly transit: Transit;
  /** What the nodes between payers and payees have gained: their fees, in a world where nobody cheats. */
  routedMsat: bigint;
  tipAt(height: Height): Tip;
  nowMs(): number;
  expireAt(atMs: number): void;
  byId(nodeId: NodeId): RoutedNode | undefined;
  isCut(from: RoutedNode, to: RoutedNode): boolean;
}
