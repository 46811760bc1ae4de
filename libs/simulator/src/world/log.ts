/** What was done in a world, for the invariants that speak of acts and not only of states. */
import type { MemoryNode, PayRequest } from '@tercet/lightning';
import type { BodyType, Envelope, Height, PaymentHash, Role } from '@tercet/protocol';

type NodeAct =
  | { kind: 'settleHold' | 'cancelHold'; hash: PaymentHash }
  | { kind: 'pay'; hash: PaymentHash; request: PayRequest };

/** A daemon's call to its node that changes something there. */
export type Act = NodeAct & { node: MemoryNode; atMs: number; height: Height };

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

export class Log {
  readonly acts: Act[] = [];
  readonly letters: Letter[] = [];
  readonly receipts: Receipt[] = [];
  /** How far each node was away: from when until when it didn't answer, in blocks. */
  readonly outages: { role: Role; from: Height; until: Height; of: 'node' | 'daemon' }[] = [];

  constructor(private readonly nowMs: () => number) {}

  note(node: MemoryNode, act: NodeAct): void {
    if (node.faults.down) return;
    this.acts.push({ ...act, node, atMs: this.nowMs(), height: node.height });
  }
}
