/** What was done in a world, for the invariants that speak of acts and not only of states. */
import type { MemoryNode, PayRequest } from '@tercet/lightning';
import type { Height, PaymentHash, Role } from '@tercet/protocol';

type NodeAct =
  | { kind: 'settleHold' | 'cancelHold'; hash: PaymentHash }
  | { kind: 'pay'; hash: PaymentHash; request: PayRequest };

/** A daemon's call to its node that changes something there. */
export type Act = NodeAct & { node: MemoryNode; atMs: number; height: Height };

export class Log {
  readonly acts: Act[] = [];
  /** How far each node was away: from when until when it didn't answer, in blocks. */
  readonly outages: { role: Role; from: Height; until: Height; of: 'node' | 'daemon' }[] = [];

  constructor(private readonly nowMs: () => number) {}

  note(node: MemoryNode, act: NodeAct): void {
    if (node.faults.down) return;
    this.acts.push({ ...act, node, atMs: this.nowMs(), height: node.height });
  }
}
