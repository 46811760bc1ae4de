/** One trade of a world: what is traded, by which documents, and what was written about it. */
import type { TradeView } from '@tercet/daemon';
import type { BodyType, Envelope, Height, Role, TradeId } from '@tercet/protocol';
import { orderIdOf, tradeIdOf } from '@tercet/protocol';
import type { Documents, Scene } from './scene.js';

/** A message that reached its addressee, doubles included. */
export interface Letter {
  from: Role;
  to: Role;
  /** What it says, as on the wire. */
  body: { type: BodyType };
  envelope: Envelope;
  /** Where the addressee's engine stood then. */
  engine: string | undefined;
  atMs: number;
  /** The sender's node's own tip when it went out. */
  sentHeight: Height;
  /** Whether the sender's daemon wrote it by its rules. */
  honest: boolean;
}

/** What an addressee answered to a daemon's own message. */
export interface Receipt {
  from: Role;
  to: Role;
  /** As the sender counts its messages to that party. */
  sequence: number;
  answer: 'stored' | 'refused';
}

export class Trade {
  readonly tradeId: TradeId;
  readonly letters: Letter[] = [];
  readonly receipts: Receipt[] = [];

  constructor(
    readonly scene: Scene,
    readonly papers: Documents,
    private readonly parties: Record<Role, { readonly views: ReadonlyMap<TradeId, TradeView> }>,
  ) {
    this.tradeId = tradeIdOf(orderIdOf(papers.order.order), papers.takerKey);
  }

  /** As a party's last commit has left it. Undefined where it knows of none. */
  view(role: Role): TradeView | undefined {
    return this.parties[role].views.get(this.tradeId);
  }
}
