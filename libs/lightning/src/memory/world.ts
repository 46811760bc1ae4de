/** What the nodes of an in-memory network know of each other and of the chain. */
import type { Network, NodeId } from '@tercet/protocol';
import type { Tip } from '../port.js';
import type { Faults } from './faults.js';
import type { InvoiceBook } from './invoice-book.js';
import type { PaymentBook } from './payment-book.js';
import type { RouteSettings } from './route-settings.js';

/** A node as the others see it. */
export interface RoutedNode {
  readonly nodeId: NodeId;
  readonly channelId: string;
  readonly invoices: InvoiceBook;
  readonly payments: PaymentBook;
  readonly faults: Faults;
  balanceMsat: bigint;
}

export interface World {
  readonly network: Network;
  readonly routes: RouteSettings;
  readonly tip: Tip;
  nowMs(): number;
  expireAt(atMs: number): void;
  byId(nodeId: NodeId): RoutedNode | undefined;
  isCut(from: RoutedNode, to: RoutedNode): boolean;
}
