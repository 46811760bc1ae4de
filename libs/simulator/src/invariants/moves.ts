/** Whether anything has moved in a world that a statement could speak of: what time alone changes is seen with the next block. */
import type { Party, World } from '../world/port.js';

export class Moves {
  /** Of all trades at all parties. */
  steps = 0;
  private seen = { counted: -1, height: -1, able: -1 };

  constructor(private readonly world: World) {}

  /** Since it was last asked. */
  some(): boolean {
    const { height } = this.world;
    const now = { counted: this.counted(), height, able: this.able() };
    const { seen } = this;
    this.seen = now;
    return now.counted !== seen.counted || now.height !== seen.height || now.able !== seen.able;
  }

  /** Each of these only grows, so their sum says whether one of them did. */
  private counted(): number {
    const { log, network, parties, trades, hostile } = this.world;
    let count = this.steps + network.changes + log.acts.length + log.outages.length + hostile.size;
    for (const { letters, receipts } of trades) count += letters.length + receipts.length;
    for (const { errors, looks } of parties.all) count += errors.length + looks;
    return count;
  }

  /** What comes and goes at each party. */
  private able(): number {
    return this.world.parties.all.reduce((sum, party) => sum * MOST + stateOf(party), 0);
  }
}

const MOST = 128;
const LAG = 16;
const stateOf = ({ isUp, isGone, node }: Party): number =>
  Number(isUp) +
  2 * Number(node.faults.down) +
  4 * Number(node.channelActive) +
  8 * Number(isGone) +
  LAG * node.lagBlocks;
